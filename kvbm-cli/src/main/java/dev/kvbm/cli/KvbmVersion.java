package dev.kvbm.cli;

import picocli.CommandLine.IVersionProvider;

/** Reads the version from the manifest of the jar this class was loaded from. */
final class KvbmVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"kvbm " + text()};
  }

  /** The bare version. */
  static String text() {
    String version = KvbmVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
