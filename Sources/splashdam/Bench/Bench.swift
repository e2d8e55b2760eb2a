import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Generate load and measure what it costs.",
    discussion: """
      EXAMPLES
        splashdam bench produce --lines access.log --record-size 200 --keys 1000
        splashdam bench produce --rate 2000 --linger 0 --records 60000
        splashdam bench small --broker-pid $(pidof splashdam-broker)
        splashdam bench many --connections 2000 --partitions 200
        splashdam bench consume
        splashdam bench drain --connections 10
      """,
    subcommands: [
      BenchProduce.self, BenchSmall.self, BenchMany.self, BenchConsume.self, BenchDrain.self, BenchFloor.self,
    ])
}
