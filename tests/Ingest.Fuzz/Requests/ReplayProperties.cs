using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>A line of the lake can be read again, as a replay does, and nothing of its event is lost on that way either.</summary>
internal static class ReplayProperties
{
    private const string ReadsBack = "a line can be read again as what it was";

    private static readonly StoredEventReader Reader = new(FuzzSources.All, FuzzSources.Settings.Limits);

    /// <param name="offered">The event of the line.</param>
    /// <param name="line">The line.</param>
    /// <param name="signal">Receives what happened.</param>
    public static void Check(Offered offered, JournaledLine line, ref Signal signal)
    {
        try
        {
            using var batch = new EventBatch();
            var stored = StoredLine.Read(line.Bytes, batch);
            var expected = Expected(offered, line);
            PropertyException.Require(
                stored.Source == offered.Source && batch[stored.Original].SequenceEqual(expected), ReadsBack, "its original is another");
            using var events = Reader.Read(line.Bytes);
            Check(offered, line, events, expected);
            signal.AddSize(events.Count);
        }
        catch (Exception e) when (e is not PropertyException)
        {
            throw new PropertyException(ReadsBack, e.ToString());
        }
    }

    /// <summary>The original as the line has it: of a good one, line feeds became blanks.</summary>
    private static byte[] Expected(Offered offered, JournaledLine line)
    {
        var expected = offered.Payload.ToArray();
        if (line.Stream == LakeStream.Good)
        {
            expected.AsSpan().Replace((byte)'\n', (byte)' ');
            expected.AsSpan().Replace((byte)'\r', (byte)' ');
        }
        return expected;
    }

    private static void Check(Offered offered, JournaledLine line, StoredEvents events, byte[] expected)
    {
        var stored = events.Line;
        PropertyException.Require(events.Count > 0, ReadsBack, "it has no event");
        foreach (var (source, batch) in events.Batches)
        {
            foreach (ref readonly var entry in batch.Events)
            {
                PropertyException.Require(entry.ReceivedAt == stored.ReceivedAt, ReadsBack, "it has another first receipt");
                if (line.Stream == LakeStream.Good)
                    PropertyException.Require(
                        events.Count == 1 && source.Name == offered.Source && entry.Errors is not { Count: > 0 }
                        && batch[entry.Id].SequenceEqual(offered.Id) && batch[entry.Payload].SequenceEqual(expected),
                        ReadsBack, "a good event is another event");
            }
        }
    }
}
