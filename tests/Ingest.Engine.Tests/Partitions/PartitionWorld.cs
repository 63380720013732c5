using System.Globalization;

namespace Ingest.Engine.Tests;

/// <summary>
/// The partitions of a source in a world of faults: clients that retry, two activations at a time, writes that fail, hang
/// or lose their answer, restarts, a clock that steps, shipping that is cut off. The source may be split while events are
/// in flight, and not every router knows of it. The rules of the design are checked after every step.
/// </summary>
internal sealed class PartitionWorld
{
    private const string Web = "web";
    private const int PartitionsMax = 6;

    private readonly Choices _choices;
    private readonly Limits _limits;
    private readonly ModelJournal _journal = new();
    private readonly ModelLake _lake = new();
    private readonly ShipWorker _worker;
    private readonly int _instances;
    private readonly bool _splits;
    private readonly Dictionary<(int Number, int Instance), Activation> _activations = [];

    // The numbers of partitions that the source had: routers may know any of them.
    private readonly List<int> _counts;
    private readonly List<Func<ValueTask<JournalResult>>> _hanging = [];
    private readonly List<Request> _requests = [];
    private readonly Dictionary<string, TestEvent> _sent = new(StringComparer.Ordinal);
    private readonly JournalReader _history;
    private Instant _now = ShipperScript.Start;
    private bool _isClean = true;
    private bool _hasHung;
    private int _offered;

    /// <param name="choices">What happens.</param>
    /// <param name="splits">True where the source may have several partitions, and be split.</param>
    public PartitionWorld(Choices choices, bool splits)
    {
        _choices = choices;
        _splits = splits;
        _counts = [splits ? choices.Of([1, 2]) : 1];
        _limits = new Limits
        {
            BlockLineBytesMax = choices.Of([1, 1_000, 1 << 20]),
            CompressAheadLineBytes = choices.Of([1, 500, 64 << 10]),
            SealBytes = choices.Of([1, 1_500, 64 << 20]),
            SealBlocks = choices.Of([2, 5, 20_000]),
            StoreBelowLineBytes = choices.Of([0, 400, 1_000]),
            MergeBelowLineBytes = choices.Of([0, 16 << 10]),
            MergeLineBytesMax = choices.Of([1_500, 16 << 20]),
            DedupeIdsMax = choices.Of([8, 1 << 20]),
            // Age is not what these histories are about: their clocks leap by hours.
            DedupeAgeMax = TimeSpan.FromDays(10_000),
        };
        _instances = choices.Of([1, 2]);
        _worker = new ShipWorker(_journal, _lake, _limits, new ManualTime());
        _history = new JournalReader(_journal, _limits);
    }

    private int Count => _counts[^1];

    private bool RemembersAll => _limits.DedupeIdsMax > 1_000;

    public void Run()
    {
        while (_choices.More)
        {
            Act();
            EndTurns();
            Check();
        }

        Finish();
    }

    private void Act()
    {
        var instance = _choices.Next(_instances);
        var number = _choices.Next(Count);
        var activation = ActivationOf(number, instance);
        switch (_choices.Next(_splits ? 19 : 18))
        {
            case <= 2:
                Send(NewRequest(), _choices.Of(_counts), instance);
                break;
            case 3:
                if (_requests.Where(request => !request.IsStored).ToList() is { Count: > 0 } unstored)
                    Send(_choices.Of(unstored), _choices.Of(_counts), instance);
                break;
            case 4 or 5:
                activation.BeginAppend(_now, countsToo: _choices.OneIn(3));
                break;
            case 6 or 7:
                if (activation.IsAppending)
                    activation.EndAppend(Fate());
                break;
            case 8:
                activation.BeginSeal(_now, drain: _choices.OneIn(4));
                break;
            case 9:
                if (activation.IsSealing)
                    activation.EndSeal(Fate());
                break;
            case 10 or 11:
                Ship();
                break;
            case 12:
                _now += TimeSpan.FromSeconds(_choices.Next(120));
                break;
            case 13:
                _now += TimeSpan.FromMinutes(_choices.Next(400) - 200);
                break;
            case 14:
                if (_hanging.Count > 0)
                    Arrive(_choices.Next(_hanging.Count));
                break;
            case 15 when _choices.OneIn(2):
                // Killed: what it had in flight was not given up by anybody, and its clients never hear of it.
                _isClean = false;
                _activations.Remove((number, instance));
                break;
            case 16:
                activation.BeginCompression(now: _choices.OneIn(2));
                break;
            case 17:
                activation.EndCompression();
                break;
            case 18 when _choices.OneIn(2):
                Split(Count * _choices.Of([2, 3]));
                break;
        }
    }

    private void Split(int count)
    {
        if (count > PartitionsMax)
            return;
        // What is fenced for it was not stored: of its counts only the refusals are told.
        _isClean = false;
        Assert.Equal(JournalResult.Committed, Sync.Result(_journal.SplitAsync(Web, Count, count, CancellationToken.None)));
        _counts.Add(count);
    }

    private Activation ActivationOf(int number, int instance)
    {
        if (!_activations.TryGetValue((number, instance), out var activation))
        {
            var id = new PartitionId(Web, number);
            _activations[(number, instance)] = activation = new Activation(
                id, () => _choices.Of(_counts), _limits, _journal, _hanging);
        }

        return activation;
    }

    private void EndTurns()
    {
        foreach (var activation in _activations.Values)
            activation.EndTurn();
        _hasHung |= _hanging.Count > 0;
    }

    private Request NewRequest()
    {
        // Few ids, so that duplicates are common: within a request, across requests, of events not committed yet.
        var events = new List<TestEvent>();
        for (var count = _choices.Next(5); count >= 0; count--)
            events.Add(new TestEvent(_choices.Next(40)));
        var request = new Request(events, OnStored);
        _requests.Add(request);
        return request;
    }

    /// <param name="request">What is sent.</param>
    /// <param name="count">The number of partitions that the router knows of.</param>
    /// <param name="instance">Which activation of each partition it reaches.</param>
    private void Send(Request request, int count, int instance)
    {
        foreach (var sent in request.Events)
            _sent[sent.Id] = sent;
        var movedBefore = request.Moved;
        _offered += request.Events.Count;
        foreach (var (partition, sending) in request.Send(Web, count))
            ActivationOf(partition.Number, instance).Offer(sending, count, _now);
        // What moves at once was not received. What moves later was fenced, and the history is no clean one.
        _offered -= request.Moved - movedBefore;
    }

    /// <summary>Rule 1, at the moment at which the answer leaves.</summary>
    private void OnStored(IReadOnlyList<TestEvent> events, IntakeResult result)
    {
        _history.CatchUp();
        Assert.All(
            events, sent => Assert.True(_history.IsCommitted(sent.Id), $"{sent.Id} was answered, but is not committed"));
        Assert.Equal(events.Count, result.Accepted + result.Quarantined + result.Duplicates);
    }

    private WriteFate Fate()
    {
        var fate = _choices.Of(
            [
                WriteFate.AsItShould, WriteFate.AsItShould, WriteFate.AsItShould, WriteFate.AsItShould, WriteFate.AsItShould,
                WriteFate.StoredAndLost, WriteFate.Refused, WriteFate.Lost, WriteFate.Hangs,
            ]);
        _isClean &= fate == WriteFate.AsItShould;
        _hasHung |= fate == WriteFate.Hangs;
        return fate;
    }

    private void Arrive(int which)
    {
        var write = _hanging[which];
        _hanging.RemoveAt(which);
        Sync.Result(write());
    }

    private void Ship()
    {
        if (!_journal.Pending.Any())
            return;
        switch (_choices.Next(6))
        {
            case 0:
                _lake.NextPutFails = PutOutcome.Unreachable;
                break;
            case 1:
                _lake.NextPutIsLost = true;
                break;
            case 2:
                _journal.NextConfirmFails = new JournalResult(JournalOutcome.Unknown);
                break;
            case 3:
                _journal.NextConfirmIsLost = true;
                break;
        }

        Ship(_choices.Of([.. _journal.Pending]));
        (_lake.NextPutFails, _lake.NextPutIsLost) = (null, false);
        (_journal.NextConfirmFails, _journal.NextConfirmIsLost) = (null, false);
    }

    private void Ship(Batch batch)
    {
        var result = Sync.Result(_worker.ShipAsync(new ShipStep.Ship(batch, 1, null), CancellationToken.None));
        // Rule 3: another key would be a second object, other bytes under the same key a conflict.
        Assert.True(
            result.Outcome is ShipOutcome.Confirmed or ShipOutcome.NotConfirmed or ShipOutcome.Unreachable,
            $"{batch} ended as {result.Outcome}: {result.Detail}");
    }

    private void Check()
    {
        _history.CatchUp();
        // Rules 1 and 7: what was answered is in the journal until it is in the lake.
        var there = _history.IdsInJournal().Concat(LinesInLake().Select(line => line.Line.Id)).ToHashSet(StringComparer.Ordinal);
        foreach (var request in _requests.Where(request => request.IsStored))
            Assert.All(request.Events, sent => Assert.Contains(sent.Id, there));
        CheckLedger();
        foreach (var batch in _journal.Pending)
        {
            Assert.InRange(batch.Blocks, 1, _limits.SealBlocks);
            Assert.True(batch.Blocks == 1 || batch.LineBytes > 0);
        }
    }

    /// <summary>Rule 8.</summary>
    private void CheckLedger()
    {
        var rows = _journal.Ledger();
        Assert.Empty(rows.SelectMany(Conservation.Violations));
        // An event whose answer was lost may count twice: as accepted, and as refused.
        Assert.True(rows.Sum(row => row.Counts.Received - row.Counts.Refused) <= _offered, "more received than was sent");
        Assert.True(
            rows.Sum(row => row.Counts.Refused) <= _requests.Sum(request => request.Refused),
            "more refused than was answered so");
    }

    /// <summary>
    /// Everything is mended; clients send until they are told that it is safe; then the lake must have all of it.
    /// </summary>
    private void Finish()
    {
        while (_hanging.Count > 0)
            Arrive(0);
        // While two are alive the journal lets one of them write, so the clients of the other must retry.
        _isClean &= _instances == 1;
        DrainAll();
        // One that is alone recovers by itself. Where another one wrote, or a write came late, it does not know until it
        // writes too, or is made anew.
        if (_instances > 1 || _hasHung)
            _activations.Clear();
        // The second time is for what reached a partition made before a split.
        for (var sendings = 0; sendings < 2; sendings++)
        {
            foreach (var request in _requests.Where(request => !request.IsStored).ToList())
                Send(request, Count, instance: 0);
            DrainAll();
        }

        Assert.All(_requests, request => Assert.True(request.IsStored));
        Check();
        while (_journal.Pending.FirstOrDefault() is { } batch)
            Ship(batch);
        Check();
        CheckLake();
        if (_isClean)
            Assert.Equal(_offered, _journal.Ledger().Sum(row => row.Counts.Received));
    }

    private void DrainAll()
    {
        for (var number = 0; number < Count; number++)
        {
            for (var instance = 0; instance < _instances; instance++)
                ActivationOf(number, instance).Drain(_now);
        }
    }

    /// <summary>Rules 2, 3 and 4: each event once, as it was sent, in its stream and its hour.</summary>
    private void CheckLake()
    {
        Assert.Empty(_journal.Blocks);
        var lines = LinesInLake().ToList();
        Assert.Equal(
            _sent.Keys.Order(StringComparer.Ordinal),
            lines.Select(line => line.Line.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        if (RemembersAll)
            Assert.Equal(_sent.Count, lines.Count);
        foreach (var (stream, key, line) in lines)
        {
            line.AssertIsOf(_sent[line.Id]);
            Assert.Equal(_sent[line.Id].Stream, stream);
            var hour = line.Received.Hour;
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"/dt={hour.Date}/hr={hour.HourOfDay}/"), key, StringComparison.Ordinal);
        }
    }

    private IEnumerable<(LakeStream Stream, string Key, LakeLine Line)> LinesInLake() =>
        from stored in _lake.Objects
        let stream = stored.Key.StartsWith("good/", StringComparison.Ordinal) ? LakeStream.Good : LakeStream.Quarantine
        from line in _history.LinesOf(stored.Value, stream)
        select (stream, stored.Key, line);
}
