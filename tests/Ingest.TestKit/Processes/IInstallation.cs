namespace Ingest.TestKit;

/// <summary>The product as a user has it, running: what the witnesses of a test look at.</summary>
public interface IInstallation
{
    /// <summary>Folder of the lake, or of a copy of it.</summary>
    string LakeFolder { get; }

    /// <summary>Runs a verb of the launcher for this installation, such as <c>audit</c>.</summary>
    Task<CommandResult> RunAsync(string verb, params string[] arguments);

    /// <summary>Asks a server that runs for its status.</summary>
    /// <returns>The report as JSON, or why there is none.</returns>
    Task<string> ReadStatusAsync();
}
