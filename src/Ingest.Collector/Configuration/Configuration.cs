using System.Diagnostics.CodeAnalysis;

namespace Ingest.Collector;

/// <summary>What the configuration folder says.</summary>
/// <param name="Settings">From <c>ingest.json</c>; in force until the process ends.</param>
/// <param name="Catalogue">From <c>sources</c>; a <see cref="SourceReloader"/> keeps it up to date.</param>
public sealed record CollectorConfiguration(CollectorSettings Settings, SourceCatalogue Catalogue)
{
    /// <summary>What the files looked like before they were read, so that no change after it is missed.</summary>
    internal string State { get; init; } = "";
}

/// <summary>
/// Reads the configuration folder:
/// <code>
/// ingest.json                              settings, optional
/// sources/NAME.json                        one file a source
/// schemas/VENDOR/NAME/jsonschema/VERSION   schemas, in Iglu's layout
/// </code>
/// </summary>
public static class Configuration
{
    /// <summary>Reads all of it.</summary>
    /// <param name="folder">The configuration folder.</param>
    /// <param name="configuration">What it says, where it is right.</param>
    /// <param name="errors">Every mistake that was found; empty where it is right.</param>
    public static bool TryLoad(
        string folder,
        [NotNullWhen(true)] out CollectorConfiguration? configuration,
        out IReadOnlyList<ConfigurationError> errors)
    {
        var found = new List<ConfigurationError>();
        errors = found;
        var state = SourceFolder.State(folder);
        var settings = SettingsFile.Read(folder, found);
        var sources = SourceFolder.Read(folder, settings, found);
        configuration = found.Count == 0 && sources is not null
            ? new CollectorConfiguration(settings, new SourceCatalogue(sources)) { State = state ?? "" }
            : null;
        return configuration is not null;
    }
}
