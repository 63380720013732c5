using System.Globalization;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>
/// The journal's server and its disk: commits in groups, and what it answered is on the disk. A crash loses what was not
/// synced, or all but the answer of it. It may be slow, down, full, or lose requests and answers.
/// </summary>
internal sealed class JournalServer
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(30);

    private readonly Simulation _simulation;
    private readonly Rules _rules;
    private readonly JournalDisk _disk;
    private readonly SimProcess _process;
    private List<JournalWrite> _waiting = [];
    private List<JournalWrite> _syncing = [];
    private int _epoch;

    public JournalServer(Simulation simulation, Rules rules, bool isEmbedded, bool losesSynced, string id)
    {
        _simulation = simulation;
        _rules = rules;
        IsEmbedded = isEmbedded;
        _disk = new JournalDisk(id, losesSynced);
        _process = new SimProcess(simulation, "journal");
    }

    /// <summary>True where it is a library of the one process, and dies with it.</summary>
    public bool IsEmbedded { get; }

    /// <summary>Longest time on the line, and in a sync of the disk, while all is well.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Share of calls that meet a fault, 0 to 1.</summary>
    public double Faults { get; set; }

    /// <summary>Nobody can reach it.</summary>
    public bool IsDown { get; set; }

    /// <summary>Bytes of bodies after which appends are refused; null for no end.</summary>
    public long? Capacity { get; set; }

    public string Id => _disk.Journal.Id;

    private Chance Chance => _simulation.Chance;

    public JournalStatus Status() => Sync.Result(_disk.Journal.ReadStatusAsync(CancellationToken.None));

    public IReadOnlyList<LedgerRow> Ledger() =>
        Sync.ToList(_disk.Journal.ReadLedgerAsync(new LakeHour(int.MinValue), CancellationToken.None));

    /// <summary>A process sends a write.</summary>
    public void Submit(JournalWrite write)
    {
        if (IsDown)
        {
            var outcome = Chance.Of(JournalOutcome.Refused, JournalOutcome.Unknown);
            _simulation.Schedule(write.Caller, Delay(), _ => write.Answer(new JournalResult(outcome, "the journal is down", IsUnreachable: true)), null);
            return;
        }

        var delay = Delay();
        switch (Chance.Happens(Faults) ? Chance.Next(4) : -1)
        {
            case 0:
                Answer(write, JournalOutcome.Unknown, "the connection broke on the way there");
                return;
            case 1:
                write.LosesAnswer = true;
                break;
            case 2:
                // Stuck on the line; arrives when nobody counts on it any more.
                delay = Chance.Skewed(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(60));
                break;
            case 3:
                Answer(write, JournalOutcome.Refused, "too many writers");
                return;
        }

        var epoch = _epoch;
        _simulation.Schedule(_process, delay, _ => Arrive(write, epoch), null);
    }

    /// <summary>A process sends a question.</summary>
    public void Ask<T>(SimProcess caller, Func<MemoryJournal, T> read, TaskCompletionSource<T> answer)
    {
        var isUnreachable = IsDown || Chance.Happens(Faults / 2);
        var delay = isUnreachable && Chance.OneIn(4) ? ReadTimeout : Delay();
        if (isUnreachable)
            _simulation.Schedule(caller, delay, _ => answer.TrySetException(new JournalUnavailableException("the journal cannot be reached")), null);
        else
            _simulation.Schedule(_process, delay, _ => Read(caller, read, answer), null);
    }

    /// <summary>Its process dies: what was being synced is on the disk or not, what waited is not.</summary>
    public void Crash()
    {
        _epoch++;
        var syncing = _syncing;
        var waiting = _waiting;
        (_syncing, _waiting) = ([], []);
        if (Chance.OneIn(2))
            Commit(syncing);
        _simulation.Note("journal", string.Create(CultureInfo.InvariantCulture, $"crashed with {syncing.Count} writes being synced and {waiting.Count} waiting"));
        foreach (var write in syncing.Concat(waiting))
            Answer(write, JournalOutcome.Unknown, "the journal crashed");
        _disk.Crash();
        _rules.CheckLedger(Ledger());
    }

    private void Arrive(JournalWrite write, int sentIn)
    {
        // What a process sent into itself died with it; what is on a line does not know.
        if (IsEmbedded && sentIn != _epoch)
            return;
        if (IsDown)
        {
            Answer(write, JournalOutcome.Unknown, "the journal is down");
            return;
        }

        _waiting.Add(write);
        if (_syncing.Count == 0)
            BeginCommit();
    }

    private void BeginCommit()
    {
        (_syncing, _waiting) = (_waiting, []);
        _simulation.Schedule(_process, Delay(), epoch => EndCommit((int)epoch!), _epoch);
    }

    private void EndCommit(int epoch)
    {
        if (epoch != _epoch)
            return;
        var group = _syncing;
        _syncing = [];
        foreach (var (write, result) in Commit(group))
        {
            if (write.LosesAnswer)
                _simulation.Schedule(write.Caller, Chance.Skewed(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(90)), _ => write.Answer(new JournalResult(JournalOutcome.Unknown, "the answer was lost")), null);
            else
                _simulation.Schedule(write.Caller, Delay(), _ => write.Answer(result), null);
        }

        if (_waiting.Count > 0)
            BeginCommit();
    }

    private List<(JournalWrite Write, JournalResult Result)> Commit(List<JournalWrite> group)
    {
        var results = new List<(JournalWrite, JournalResult)>(group.Count);
        _disk.BeginGroup();
        foreach (var write in group)
        {
            var isFull = write.Bytes > 0 && Capacity is { } capacity && Status().BacklogBytes + write.Bytes > capacity;
            var result = isFull ? new JournalResult(JournalOutcome.Refused, "the disk is full") : _disk.Apply(write);
            _simulation.Note("journal", $"{write.Caller.Name}: {write.Name}: {result.Outcome} {result.Reason}");
            if (result.Outcome == JournalOutcome.Committed)
                write.Applied();
            results.Add((write, result));
        }

        _rules.CheckLedger(Ledger());
        return results;
    }

    private void Read<T>(SimProcess caller, Func<MemoryJournal, T> read, TaskCompletionSource<T> answer)
    {
        Action end;
        try
        {
            var value = read(_disk.Journal);
            end = () => answer.TrySetResult(value);
        }
        catch (Exception exception)
        {
            end = () => answer.TrySetException(exception);
        }

        _simulation.Schedule(caller, Delay(), static end => ((Action)end!)(), end);
    }

    private void Answer(JournalWrite write, JournalOutcome outcome, string reason) =>
        _simulation.Schedule(write.Caller, Delay(), _ => write.Answer(new JournalResult(outcome, reason)), null);

    private TimeSpan Delay() => Chance.Between(TimeSpan.Zero, Latency);
}
