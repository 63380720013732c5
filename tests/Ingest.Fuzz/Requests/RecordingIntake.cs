using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>Keeps what the collector handed over in one request, and passes it on.</summary>
/// <param name="inner">Stores it.</param>
/// <param name="reserved">Bytes that the collector has set aside now.</param>
internal sealed class RecordingIntake(IIntake inner, Func<long> reserved) : IIntake
{
    private readonly List<Offered> _events = [];

    public IReadOnlyList<Offered> Events => _events;

    /// <summary>What became of all of them.</summary>
    public IntakeResult Result { get; private set; }

    /// <summary>Bytes that this thread allocated here rather than in the collector.</summary>
    public long Allocated { get; private set; }

    /// <summary>Bytes of all batches of the request, with what is noted of their events.</summary>
    public long Held { get; private set; }

    /// <summary>Bytes that the request had set aside when it handed its batches over.</summary>
    public long Reserved { get; private set; }

    /// <summary>What was thrown behind the collector; null where nothing was.</summary>
    public Exception? Fault { get; private set; }

    public void Clear()
    {
        _events.Clear();
        Fault = null;
        Result = new IntakeResult(IntakeOutcome.Stored);
        Allocated = Held = Reserved = 0;
    }

    public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Reserved = reserved();
        Held += HeldBy(batch);
        foreach (ref readonly var entry in batch.Events)
            _events.Add(Offered.Of(source, batch, entry));
        try
        {
            var result = await inner.AcceptAsync(source, batch);
            Result += result;
            return result;
        }
        catch (Exception e)
        {
            // The collector answers 500; this says why.
            Fault ??= e;
            throw;
        }
        finally
        {
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static long HeldBy(EventBatch batch)
    {
        const int entryBytes = 128, checkBytes = 24, objectBytes = 24;
        var sum = batch.Bytes.Length + ((long)batch.Events.Length * entryBytes) + ((long)batch.Checks.Length * checkBytes);
        foreach (ref readonly var check in batch.Checks)
            sum += objectBytes + (check.Where.Length * sizeof(char));
        foreach (ref readonly var entry in batch.Events)
        {
            foreach (var error in entry.Errors ?? [])
                sum += (4 * objectBytes) + ((error.Where.Length + error.Rule.Length + error.Found.Length) * sizeof(char));
        }
        return sum;
    }
}
