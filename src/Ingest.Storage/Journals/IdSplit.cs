using System.Buffers;
using System.Buffers.Binary;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Divides a dedupe window among the partitions that a split makes of one.</summary>
internal static class IdSplit
{
    /// <summary>
    /// What each new partition gets of the window of <paramref name="parent"/>: the ids that map to it, in as many runs as
    /// they came in, with the same clocks. Ids that stay with the parent are left out.
    /// </summary>
    /// <param name="parent">A partition of a source that had <paramref name="from"/>.</param>
    /// <param name="runs">Its window, oldest first.</param>
    /// <param name="from">The number of partitions until now.</param>
    /// <param name="to">The new number.</param>
    /// <returns>
    /// Runs by number of the new partition, oldest first, with a <see cref="IdRun.FirstSeq"/> up to −1; without those that
    /// get none.
    /// </returns>
    public static Dictionary<int, List<IdRun>> Divide(PartitionId parent, IReadOnlyList<IdRun> runs, int from, int to)
    {
        var parts = new Dictionary<int, List<IdRun>>();
        var ofRun = new SortedDictionary<int, ArrayBufferWriter<byte>>();
        foreach (var run in runs)
        {
            for (var at = 0; at < run.Ids.Length; at += WriteRules.IdBytes)
            {
                var id = run.Ids.Span.Slice(at, WriteRules.IdBytes);
                var number = PartitionId.Of(parent.Source, BinaryPrimitives.ReadUInt128BigEndian(id), to).Number;
                if (number == parent.Number || number % from != parent.Number)
                    continue;
                if (!ofRun.TryGetValue(number, out var ids))
                    ofRun[number] = ids = new ArrayBufferWriter<byte>(WriteRules.IdBytes);
                ids.Write(id);
            }

            foreach (var (number, ids) in ofRun)
            {
                if (!parts.TryGetValue(number, out var part))
                    parts[number] = part = [];
                part.Add(run with { Ids = ids.WrittenMemory });
            }

            ofRun.Clear();
        }

        foreach (var part in parts.Values)
        {
            for (var i = 0; i < part.Count; i++)
                part[i] = part[i] with { FirstSeq = i - part.Count };
        }

        return parts;
    }
}
