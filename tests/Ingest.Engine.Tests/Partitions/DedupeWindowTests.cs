using System.Buffers.Binary;

namespace Ingest.Engine.Tests;

public sealed class DedupeWindowTests
{
    /// <summary>Against a list and a scan: what is remembered, where it is, and what is forgotten when.</summary>
    [Fact]
    public void Remembers_what_a_list_would() => Property.HoldsForHistories(count: 200, length: 400, choices =>
    {
        var window = new DedupeWindow(seed: (ulong)choices.Next(int.MaxValue));
        var model = new Model();
        var journal = new List<IdRun>();
        var committed = 0L;
        var clock = ShipperScript.Start;
        var seq = 0L;
        while (choices.More)
        {
            switch (choices.Next(9))
            {
                case <= 4:
                    // A narrow range of ids makes collisions and long probes in the index common.
                    var id = (UInt128)choices.Next(64) << choices.Of([0, 64, 120]);
                    Assert.Equal(model.TryAdd(id, out var expected), window.TryAdd(id, out var position));
                    Assert.Equal(expected, position);
                    break;
                case 5:
                    if (window.Tail == committed)
                        break;
                    journal.Add(new IdRun(++seq, clock, window.CopyFrom(committed)));
                    committed = window.Tail;
                    window.EndRun(seq, clock, committed);
                    model.EndRun(seq, clock);
                    break;
                case 6:
                    var (idsMax, since) = (choices.Next(40), clock - TimeSpan.FromSeconds(choices.Next(100)));
                    window.Trim(idsMax, since);
                    model.Trim(idsMax, since);
                    break;
                case 7:
                    clock += TimeSpan.FromSeconds(choices.Next(30));
                    break;
                case 8 when choices.OneIn(4):
                    // A restart: the journal has whole runs, and what was not committed is gone.
                    journal.RemoveAll(run => run.FirstSeq < (window.OldestRun ?? seq + 1));
                    (window, model) = (new DedupeWindow(seed: 7), new Model());
                    journal.ForEach(window.Restore);
                    journal.ForEach(model.Restore);
                    committed = window.Tail;
                    break;
            }

            Assert.Equal(model.Count, window.Count);
            Assert.Equal(model.OldestRun, window.OldestRun);
        }
    });

    [Fact]
    public void An_id_accepted_anew_counts_from_the_last_time()
    {
        var window = new DedupeWindow(seed: 1);
        foreach (var (seq, ids) in ((long, UInt128[])[])[(1, [1, 2]), (2, [3, 1])])
        {
            var run = new byte[32];
            BinaryPrimitives.WriteUInt128BigEndian(run, ids[0]);
            BinaryPrimitives.WriteUInt128BigEndian(run.AsSpan(16), ids[1]);
            window.Restore(new IdRun(seq, ShipperScript.Start, run));
        }

        window.Trim(idsMax: 2, ShipperScript.Start);
        Assert.True(window.TryAdd(2, out _));
        Assert.False(window.TryAdd(3, out _));
        Assert.False(window.TryAdd(1, out _));
    }

    [Fact]
    public void Copies_ids_that_another_window_can_take_back()
    {
        var window = new DedupeWindow(seed: 1);
        for (var id = 0; id < 100; id++)
            Assert.True(window.TryAdd((UInt128)id << 60, out _));
        var copy = new DedupeWindow(seed: 2);
        copy.Restore(new IdRun(7, ShipperScript.Start, window.CopyFrom(40)));
        Assert.Equal(60, copy.Count);
        Assert.Equal(7, copy.OldestRun);
        for (var id = 0; id < 100; id++)
            Assert.Equal(id < 40, copy.TryAdd((UInt128)id << 60, out _));
    }

    private static IEnumerable<UInt128> IdsOf(IdRun run)
    {
        for (var at = 0; at < run.Ids.Length; at += 16)
            yield return BinaryPrimitives.ReadUInt128BigEndian(run.Ids.Span[at..]);
    }

    /// <summary>Ids in order of acceptance, with every position that was ever given out still to be evicted.</summary>
    private sealed class Model
    {
        private readonly Dictionary<UInt128, long> _ids = [];
        private readonly Queue<(long FirstSeq, Instant Clock, long End)> _runs = [];
        private long _head;
        private long _tail;
        private long _committed;

        public int Count => (int)(_tail - _head);

        public long? OldestRun => _runs.TryPeek(out var run) ? run.FirstSeq : null;

        public bool TryAdd(UInt128 id, out long position)
        {
            if (_ids.TryGetValue(id, out position))
                return false;
            _ids[id] = position = _tail++;
            return true;
        }

        public void EndRun(long firstSeq, Instant clock)
        {
            _runs.Enqueue((firstSeq, clock, _tail));
            _committed = _tail;
        }

        public void Restore(IdRun run)
        {
            foreach (var id in IdsOf(run))
                _ids[id] = _tail++;
            EndRun(run.FirstSeq, run.Clock);
        }

        public void Trim(int idsMax, Instant since)
        {
            while (_runs.TryPeek(out var run) && run.Clock < since)
            {
                _head = Math.Max(_head, run.End);
                _runs.Dequeue();
            }

            _head = Math.Max(_head, Math.Min(_committed, _tail - idsMax));
            // A run is kept while one of its ids is.
            while (_runs.TryPeek(out var run) && run.End <= _head)
                _runs.Dequeue();
            foreach (var (id, position) in _ids.ToList())
            {
                if (position < _head)
                    _ids.Remove(id);
            }
        }
    }
}
