// ClientRuntime carries ClientCore to real brokers over NIO: one event loop per client, on which every connection, timer
// and machine of it runs.
//
//     let client = KafkaClient(bootstrap: [broker], options: options)
//     let producer = Producer(client, options: options, deliveries: { … })
//     let consumer = GroupConsumer(client, options: options, listener: listener)
//     let admin = Admin(client)
//     await client.close()
