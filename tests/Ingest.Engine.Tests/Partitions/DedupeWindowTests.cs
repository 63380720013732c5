namespace Ingest.Engine.Tests;

public sealed class DedupeWindowTests
{
    /// <summary>Against a list and a scan: what is remembered, where it is, and what is forgotten when.</summary>
    [Fact]
    public void Remembers_what_a_list_would() => Property.HoldsForHistories(count: 200, length: 400, choices =>
    {
        var window = new DedupeWindow(seed: (ulong)choices.Next(int.MaxValue));
        var model = new Model();
        var clock = ShipperScript.Start;
        var seq = 0L;
        while (choices.More)
        {
            switch (choices.Next(8))
            {
                case <= 4:
                    // A narrow range of ids makes collisions and long probes in the index common.
                    var id = (UInt128)choices.Next(64) << choices.Of([0, 64, 120]);
                    Assert.Equal(model.TryAdd(id, out var expected), window.TryAdd(id, out var position));
                    Assert.Equal(expected, position);
                    break;
                case 5:
                    window.EndRun(++seq, clock, window.Tail);
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
            }

            Assert.Equal(model.Count, window.Count);
            Assert.Equal(model.OldestRun, window.OldestRun);
        }
    });

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

    private sealed class Model
    {
        private readonly List<(UInt128 Id, long Position)> _ids = [];
        private readonly Queue<(long FirstSeq, Instant Clock, long End)> _runs = [];
        private long _tail;

        public int Count => _ids.Count;

        public long? OldestRun => _runs.TryPeek(out var run) ? run.FirstSeq : null;

        public bool TryAdd(UInt128 id, out long position)
        {
            var known = _ids.FindIndex(entry => entry.Id == id);
            position = known >= 0 ? _ids[known].Position : _tail;
            if (known < 0)
                _ids.Add((id, _tail++));
            return known < 0;
        }

        public void EndRun(long firstSeq, Instant clock) => _runs.Enqueue((firstSeq, clock, _tail));

        public void Trim(int idsMax, Instant since)
        {
            var committed = _runs.Count == 0 ? 0 : _runs.Max(run => run.End);
            while (_runs.TryPeek(out var run) && run.Clock < since)
            {
                _ids.RemoveAll(entry => entry.Position < run.End);
                _runs.Dequeue();
            }

            while (_ids.Count > idsMax && _ids[0].Position < committed)
                _ids.RemoveAt(0);
            // A run is kept while one of its ids is.
            var head = _ids.Count == 0 ? _tail : _ids[0].Position;
            while (_runs.TryPeek(out var run) && run.End <= head)
                _runs.Dequeue();
        }
    }
}
