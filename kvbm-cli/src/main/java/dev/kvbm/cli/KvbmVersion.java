package dev.kvbm.cli;

import picocli.CommandLine.IVersionProvider;

/** Reads the version from the manifest of the jar this class was loaded from. */
final class KvbmVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = KvbmVersion.class.getPackage().getImplementationVersion();
    return new String[] {"kvbm " + (version == null ? "(not packaged)" : version)};
  }
}
