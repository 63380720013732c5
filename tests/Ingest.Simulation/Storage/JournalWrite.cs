using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>A write on its way to the journal's server, and its caller's wait.</summary>
/// <param name="Caller">Who waits.</param>
/// <param name="Name">For the trace.</param>
/// <param name="Bytes">What an append takes of the disk; 0 for every other write.</param>
/// <param name="Apply">Applies it; called within a transaction of the server.</param>
/// <param name="Applied">Tells the rules that it was applied.</param>
internal sealed record JournalWrite(
    SimProcess Caller, string Name, long Bytes, Func<MemoryJournal, ValueTask<JournalResult>> Apply, Action Applied)
{
    private readonly TaskCompletionSource<JournalResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its answer never arrives.</summary>
    public bool LosesAnswer { get; set; }

    public Task<JournalResult> Result => _result.Task;

    /// <summary>The first answer counts: the server's, or that of the caller's own patience.</summary>
    public void Answer(JournalResult result) => _result.TrySetResult(result);
}
