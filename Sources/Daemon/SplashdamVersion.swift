/// The version of this build; CHANGELOG.md tells what is in it.
public enum SplashdamVersion {
  public static let text = "0.1.0"
}
