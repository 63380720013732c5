using System.Text;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>Renders the events of a request as the lines that a partition would store.</summary>
internal static class StoredLines
{
    public static readonly Instant Arrived = Instant.From(new DateTimeOffset(2026, 11, 21, 20, 15, 3, 123, TimeSpan.Zero));

    /// <summary>Has a collector's events judged by these sources, and their lines collected.</summary>
    public static List<string> Collect(FakeIntake intake, SourceSet sources)
    {
        var lines = new List<string>();
        intake.Decide = (name, batch) =>
        {
            Assert.True(sources.TryGet(name, out var source));
            lock (lines)
                lines.AddRange(Of(source, batch));
            return ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored));
        };
        return lines;
    }

    /// <summary>The lines of a batch, without their line feeds.</summary>
    public static IEnumerable<string> Of(Source source, EventBatch batch)
    {
        var lines = new List<string>();
        var writer = new LineWriter(source.Name);
        using var buffer = new PooledBuffer(4096);
        foreach (ref readonly var entry in batch.Events)
        {
            buffer.Clear();
            if (EventJudge.Judge(batch, entry, source.Validator) is { } errors)
                writer.WriteQuarantined(buffer, batch, entry, Arrived, errors);
            else
                writer.WriteGood(buffer, batch, entry, Arrived);
            lines.Add(Encoding.UTF8.GetString(buffer.Written[..^1]));
        }
        return lines;
    }

    /// <summary>The lines of events that were read again.</summary>
    public static IReadOnlyList<string> Of(StoredEvents events) => [.. events.Batches.SelectMany(part => Of(part.Source, part.Batch))];
}
