using System.Runtime.CompilerServices;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>One process's connection to the lake. Holds the process to its limit.</summary>
/// <param name="simulation">Time and order.</param>
/// <param name="process">Whose.</param>
/// <param name="server">The lake.</param>
/// <param name="putsMax">Most puts of the process at once.</param>
internal sealed class SimLake(Simulation simulation, SimProcess process, LakeServer server, int putsMax) : ILake
{
    private int _puts;

    public string Description => "simulated";

    public async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        // Two more than batches: a manifest and the record of a relay go on their own.
        if (++_puts > putsMax + 2)
            simulation.Fail("9: everything has a limit", $"{process.Name} puts {_puts} objects at once");
        try
        {
            var bytes = new MemoryStream();
            await foreach (var chunk in lakeObject.Read(cancellation))
                bytes.Write(chunk.Span);
            var answer = new TaskCompletionSource<PutResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            server.Put(process, lakeObject, bytes.ToArray(), answer);
            using var patience = cancellation.UnsafeRegister(_ => answer.TrySetCanceled(cancellation), null);
            return await answer.Task;
        }
        finally
        {
            _puts--;
        }
    }

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) =>
        AskAsync(lake => Sync.Result(lake.FindAsync(key, CancellationToken.None)), cancellation);

    public async IAsyncEnumerable<LakeEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var entry in await AskAsync(lake => Sync.ToList(lake.ListAsync(prefix, CancellationToken.None)), cancellation))
            yield return entry;
    }

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) =>
        AskAsync(lake => Sync.Result(lake.OpenReadAsync(key, CancellationToken.None)), cancellation);

    public async ValueTask DeleteAsync(string key, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Delete(process, key, answer);
        using var patience = cancellation.UnsafeRegister(_ => answer.TrySetCanceled(cancellation), null);
        await answer.Task;
    }

    private async ValueTask<T> AskAsync<T>(Func<MemoryLake, T> read, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Ask(process, read, answer);
        using var patience = cancellation.UnsafeRegister(_ => answer.TrySetCanceled(cancellation), null);
        return await answer.Task;
    }
}
