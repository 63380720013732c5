using System.Text;
using Ingest.Engine;

namespace Ingest.Node.Tests;

/// <summary>How the journal behind a <see cref="FakeJournal"/> is.</summary>
internal enum JournalMood
{
    Well,

    /// <summary>It cannot be reached.</summary>
    Away,

    /// <summary>It stores, and its answers get lost.</summary>
    Forgetful,

    /// <summary>Too much waits for it.</summary>
    Overloaded,
}

/// <summary>The way in behind a spill: deduplicates as partitions do, and fails as a test wants it.</summary>
internal sealed class FakeJournal : IIntake
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly List<(string Source, string Id, long ReceivedAt)> _stored = [];

    public JournalMood Mood { get; set; }

    /// <summary>Decides the mood of each request, where that changes from one to the next.</summary>
    public Func<string, JournalMood>? MoodOf { get; set; }

    /// <summary>Requests with such an event fail as if the journal were away; null where none does.</summary>
    public Func<string, bool>? IsUnwanted { get; set; }

    /// <summary>Number of requests that came so far.</summary>
    public int Requests { get; private set; }

    /// <summary>What was stored, in order: each id once.</summary>
    public IReadOnlyList<(string Source, string Id, long ReceivedAt)> Stored
    {
        get
        {
            lock (_gate)
                return [.. _stored];
        }
    }

    public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        IntakeResult result;
        lock (_gate)
        {
            Requests++;
            var mood = HoldsUnwanted(batch) ? JournalMood.Away : MoodOf?.Invoke(source) ?? Mood;
            result = mood switch
            {
                JournalMood.Away => IntakeResult.Unavailable("the test took the journal away", IntakeFault.Journal),
                JournalMood.Overloaded => IntakeResult.Unavailable("the test overloads the journal"),
                _ => Store(source, batch),
            };
            if (mood == JournalMood.Forgetful)
                result = IntakeResult.Unavailable("the test lost the answer", IntakeFault.Journal);
        }

        // As partitions do, it answers later.
        await Task.Yield();
        return result;
    }

    private bool HoldsUnwanted(EventBatch batch)
    {
        foreach (ref readonly var entry in batch.Events)
        {
            if (IsUnwanted?.Invoke(Encoding.UTF8.GetString(batch[entry.Id])) == true)
                return true;
        }

        return false;
    }

    private IntakeResult Store(string source, EventBatch batch)
    {
        int accepted = 0, duplicates = 0;
        foreach (ref readonly var entry in batch.Events)
        {
            var id = Encoding.UTF8.GetString(batch[entry.Id]);
            if (_ids.Add($"{source} {id}"))
            {
                accepted++;
                _stored.Add((source, id, entry.ReceivedAt));
            }
            else
            {
                duplicates++;
            }
        }

        return new IntakeResult(IntakeOutcome.Stored, accepted, Duplicates: duplicates);
    }
}
