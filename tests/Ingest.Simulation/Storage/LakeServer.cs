using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>
/// The lake as all processes see it: it may be down for any reason that S3 has, fail before or after it stored, be slow,
/// and store what nobody waits for any more.
/// </summary>
internal sealed class LakeServer(Simulation simulation, Rules rules)
{
    private readonly MemoryLake _objects = new();
    private readonly SimProcess _process = new(simulation, "lake");

    /// <summary>Longest time that a put takes while all is well.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Share of puts that meet a fault, 0 to 1.</summary>
    public double Faults { get; set; }

    /// <summary>How every put ends now; null while it works.</summary>
    public PutOutcome? Outage { get; set; }

    private Chance Chance => simulation.Chance;

    /// <summary>A process puts an object whose bytes it has sent.</summary>
    public void Put(SimProcess caller, LakeObject sent, byte[] bytes, TaskCompletionSource<PutResult> answer)
    {
        var fault = Chance.Happens(Faults) ? Chance.Next(5) : -1;
        if (Outage is { } outage && fault != 4)
        {
            // Half of the answers of a broken lake say nothing of what became of the object.
            if (outage == PutOutcome.Unreachable && Chance.OneIn(4))
                Store(sent, bytes, Delay(), _ => { });
            Answer(caller, answer, new PutResult(outage, "the lake is out of order"));
            return;
        }

        switch (fault)
        {
            case 0:
                Answer(caller, answer, new PutResult(Chance.Of(PutOutcome.Unreachable, PutOutcome.Throttled, PutOutcome.Denied, PutOutcome.Rejected), "told to fail"));
                break;
            case 1:
                // 500 after it stored.
                Store(sent, bytes, Delay(), _ => Answer(caller, answer, new PutResult(PutOutcome.Unreachable, "the answer was lost")));
                break;
            case 2:
                // No answer at all, and the object comes when it comes.
                Store(sent, bytes, Chance.Skewed(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4)), _ => { });
                break;
            case 3:
                // No answer at all.
                break;
            default:
                Store(sent, bytes, Delay(), result => Answer(caller, answer, result));
                break;
        }
    }

    /// <summary>A process reads.</summary>
    public void Ask<T>(SimProcess caller, Func<MemoryLake, T> read, TaskCompletionSource<T> answer)
    {
        if (Outage is not null || Chance.Happens(Faults))
            simulation.Schedule(caller, Delay(), _ => answer.TrySetException(new LakeUnavailableException("the lake is out of order")), null);
        else
            simulation.Schedule(_process, Delay(), _ =>
            {
                var found = read(_objects);
                simulation.Schedule(caller, Delay(), _ => answer.TrySetResult(found), null);
            }, null);
    }

    /// <summary>A process deletes an object.</summary>
    public void Delete(SimProcess caller, string key, TaskCompletionSource answer)
    {
        var fault = Chance.Happens(Faults) ? Chance.Next(3) : -1;
        var failure = new LakeUnavailableException("the lake is out of order");
        if (Outage is not null || fault == 0)
        {
            simulation.Schedule(caller, Delay(), _ => answer.TrySetException(failure), null);
            return;
        }

        // Done when it is done, and nobody hears of it; or done, and the answer says otherwise.
        var delay = fault == 1 ? Chance.Skewed(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4)) : Delay();
        simulation.Schedule(
            _process,
            delay,
            _ =>
            {
                Drop(key);
                if (fault == 2)
                    simulation.Schedule(caller, Delay(), _ => answer.TrySetException(failure), null);
                else if (fault != 1)
                    simulation.Schedule(caller, Delay(), _ => answer.TrySetResult(), null);
            },
            null);
    }

    /// <summary>An operator stores an object, when the lake works.</summary>
    public void Write(LakeObject sent)
    {
        using var bytes = new MemoryStream();
        foreach (var chunk in Sync.ToList(sent.Read(CancellationToken.None)))
            bytes.Write(chunk.Span);
        Store(sent, bytes.ToArray(), TimeSpan.Zero, _ => { });
    }

    /// <summary>Reads the lake as an analyst does: every object that is there, whole.</summary>
    public void ReadAll()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in Sync.ToList(_objects.ListAsync("", CancellationToken.None)))
        {
            keys.Add(entry.Key);
            using var stored = Sync.Result(_objects.OpenReadAsync(entry.Key, CancellationToken.None))!;
            using var bytes = new MemoryStream();
            stored.CopyTo(bytes);
            rules.OnRead(entry.Key, bytes.ToArray());
        }

        rules.OnListed(keys);
    }

    private void Store(LakeObject sent, byte[] bytes, TimeSpan delay, Action<PutResult> then) => simulation.Schedule(
        _process,
        delay,
        _ =>
        {
            var result = Sync.Result(_objects.PutAsync(sent with { Read = cancellation => Chunks(bytes) }, CancellationToken.None));
            simulation.Note("lake", $"{sent.Key}: {result.Outcome}");
            if (result.IsConfirmed)
                rules.OnStored(sent.Key, bytes);
            else if (!IsRecord(sent.Key))
                simulation.Fail("3: same batch, same bytes", $"{sent.Key}: {result.Outcome}: {result.Detail}");
            then(result);
        },
        null);

    private void Drop(string key)
    {
        if (Sync.Result(_objects.FindAsync(key, CancellationToken.None)) is null)
            return;
        simulation.Note("lake", $"{key}: deleted");
        Sync.Complete(_objects.DeleteAsync(key, CancellationToken.None));
        rules.OnDeleted(key);
    }

    /// <summary>Two bridges write different records of one object, and the first one stays.</summary>
    private static bool IsRecord(string key) => key.StartsWith(LakeLayout.Bridged + "/", StringComparison.Ordinal);

    private void Answer(SimProcess caller, TaskCompletionSource<PutResult> answer, PutResult result) =>
        simulation.Schedule(caller, Delay(), _ => answer.TrySetResult(result), null);

    private TimeSpan Delay() => Chance.Between(TimeSpan.Zero, Latency);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks(byte[] bytes)
    {
        await Task.CompletedTask;
        yield return bytes;
    }
}
