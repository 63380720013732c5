namespace Ingest.Engine;

/// <summary>The bytes of a batch that something refers to, one after the other.</summary>
internal sealed class ReferencedBytes
{
    /// <summary>Bytes below which leaving some out is not worth the search for them.</summary>
    private const int WasteMin = 4096;

    private readonly List<Slice> _runs = [];

    // Where each run begins once they stand one after the other.
    private readonly List<int> _starts = [];

    private ReferencedBytes(List<Slice> slices)
    {
        slices.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        foreach (var slice in slices)
        {
            if (_runs is [.., var last] && slice.Offset <= last.Offset + last.Length)
            {
                var end = Math.Max(last.Offset + last.Length, slice.Offset + slice.Length);
                _runs[^1] = last with { Length = end - last.Offset };
                continue;
            }

            _starts.Add(Length);
            _runs.Add(slice);
        }
    }

    /// <summary>The runs, in order; they neither touch nor overlap.</summary>
    public IReadOnlyList<Slice> Runs => _runs;

    /// <summary>Number of bytes.</summary>
    public int Length => _runs.Count == 0 ? 0 : _starts[^1] + _runs[^1].Length;

    /// <summary>What of a batch is referred to, where that is less than half of its bytes; else null.</summary>
    public static ReferencedBytes? WorthPacking(EventBatch batch)
    {
        // Payloads are most of what is referred to, and do not overlap: they alone decide for nearly every batch.
        long payloads = 0;
        foreach (ref readonly var entry in batch.Events)
            payloads += entry.Payload.Length;
        if (batch.Bytes.Length - payloads < Math.Max(WasteMin, batch.Bytes.Length / 2))
            return null;
        var referenced = new ReferencedBytes(SlicesOf(batch));
        return referenced.Length < batch.Bytes.Length / 2 ? referenced : null;
    }

    /// <summary>Where a slice of the batch begins among these bytes.</summary>
    public int OffsetOf(Slice slice)
    {
        int low = 0, high = _runs.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_runs[middle].Offset <= slice.Offset)
                low = middle;
            else
                high = middle - 1;
        }

        return _starts[low] + (slice.Offset - _runs[low].Offset);
    }

    private static List<Slice> SlicesOf(EventBatch batch)
    {
        var slices = new List<Slice>();
        Add(batch.Collector);
        foreach (ref readonly var entry in batch.Events)
        {
            Add(entry.Id);
            Add(entry.Name);
            Add(entry.Schema);
            Add(entry.Collector);
            Add(entry.Payload);
            foreach (ref readonly var check in batch.Checks.Slice(entry.FirstCheck, entry.CheckCount))
            {
                Add(check.Schema);
                Add(check.Instance);
            }
        }

        return slices;

        void Add(Slice slice)
        {
            if (!slice.IsEmpty)
                slices.Add(slice);
        }
    }
}
