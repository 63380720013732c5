using System.Net;

namespace Ingest.Bench;

/// <summary>
/// The floor: the smallest honest server. It scans each body as JSON, appends it to one file, and answers once the file is
/// synced; what waits shares a sync. It validates, deduplicates and ships nothing. A process of its own, like the others.
/// </summary>
internal sealed class FloorSubject : ISubject
{
    public const string Verb = "floor-server";

    public string Name => "floor";

    public string About => "the smallest honest server: scan as JSON, append to a file, sync, answer";

    public async Task<IRunningSubject> StartAsync(SubjectSetup setup)
    {
        var process = ServerProcess.StartSelf(Verb, Path.Combine(setup.Folder, "floor.log"));
        var endpoint = IPEndPoint.Parse(await process.FirstLine);
        return new PeerServer([process], new Target(endpoint, "/"), process.Age, setup.Folder);
    }

    /// <summary>The server's process.</summary>
    public static async Task ServeAsync(string file)
    {
        await using var log = new SyncedFile(file);
        await FrontServer.ServeAsync(log.AppendAsync);
    }
}
