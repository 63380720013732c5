using System.Globalization;
using System.Text;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Appends to a spill until it is killed, from several writers, and drains now and then. Prints "stored WRITER N" for each
/// append that was answered, "removing WRITER N" before a removal and "removed WRITER N" after it. Ids go on where the
/// folder's last run ended.
/// </summary>
public static class SpillChild
{
    public static async Task RunAsync(string folder, int writers)
    {
        await using var spill = await SqliteSpill.OpenAsync(new SpillOptions { Folder = folder, ReserveBytes = 0 });
        // Any number above those of earlier runs.
        var first = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 10_000;
        await Task.WhenAll([.. Enumerable.Range(0, writers).Select(writer => WriteAsync(spill, writer, first)), DrainAsync(spill)]);
    }

    /// <summary>A request with one event: its id, and bytes that follow from it.</summary>
    public static EventBatch BatchOf(string source, long number)
    {
        var batch = new EventBatch();
        var id = batch.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{source} {number}")));
        batch.Add(new EventEntry { Id = id, IdHash = EventId.Hash(batch[id]), Payload = batch.Append(CrashBody.Of(source[^1], number % 100_000)) });
        return batch;
    }

    public static string SourceOf(int writer) => string.Create(CultureInfo.InvariantCulture, $"writer-{writer}");

    private static async Task WriteAsync(SqliteSpill spill, int writer, long first)
    {
        await Task.Yield();
        for (var number = first; ; number++)
        {
            using var batch = BatchOf(SourceOf(writer), number);
            Require(await spill.AppendAsync(SourceOf(writer), batch, new Instant(number)));
            Print($"stored {SourceOf(writer)} {number}");
        }
    }

    private static async Task DrainAsync(SqliteSpill spill)
    {
        while (true)
        {
            await Task.Delay(5);
            if (spill.Status.Batches < 20)
                continue;
            var oldest = await spill.ReadOldestAsync(new HashSet<string>(StringComparer.Ordinal), 8, 1 << 20);
            foreach (var spilled in oldest)
                Print($"removing {IdOf(spilled)}");
            Require(await spill.RemoveAsync(oldest));
            foreach (var spilled in oldest)
                Print($"removed {IdOf(spilled)}");
            foreach (var spilled in oldest)
                spilled.Dispose();
        }
    }

    /// <summary>The id of the single event of a request.</summary>
    public static string IdOf(SpilledBatch spilled) => Encoding.UTF8.GetString(spilled.Batch[spilled.Batch.Events[0].Id]);

    private static void Require(JournalResult result)
    {
        if (result.Outcome != JournalOutcome.Committed)
            throw new InvalidOperationException($"{result.Outcome}: {result.Reason}");
    }

    // One write each: a line is there whole or not at all when the process is killed.
    private static void Print(string line)
    {
        lock (Console.Out)
        {
            Console.Out.Write(line + "\n");
            Console.Out.Flush();
        }
    }
}
