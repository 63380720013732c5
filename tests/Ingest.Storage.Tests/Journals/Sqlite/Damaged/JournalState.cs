using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ingest.Engine;

namespace Ingest.Storage.Tests;

/// <summary>All that a journal with the one partition <see cref="Make.Shop"/> holds, as a text to be compared.</summary>
internal static class JournalState
{
    public static async Task<string> OfAsync(IJournal journal, CancellationToken cancellation)
    {
        var text = new StringBuilder(await EventsOfAsync(journal, cancellation));
        text.AppendJoin('\n', await journal.ReadShippedAsync(default, cancellation).ToListAsync(cancellation)).AppendLine();
        text.AppendJoin('\n', await journal.ReadLedgerAsync(default, cancellation).ToListAsync(cancellation));
        return text.ToString();
    }

    /// <summary>Without what is only on record about events: shipped batches and counts.</summary>
    public static async Task<string> EventsOfAsync(IJournal journal, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var partition = await journal.ReadPartitionAsync(Make.Shop, int.MaxValue, default, cancellation);
        text.AppendLine(CultureInfo.InvariantCulture, $"next {partition.NextSeq}, clock {partition.Clock}");
        text.AppendJoin('\n', partition.Unsealed).AppendLine();
        text.AppendJoin('\n', partition.Ids.Select(run => $"{run.FirstSeq} {Convert.ToHexString(run.Ids.Span)}")).AppendLine();
        foreach (var stream in new[] { LakeStream.Good, LakeStream.Quarantine })
            text.AppendLine(await HashAsync(journal.ReadBlocksAsync(Make.Shop, stream, 1, long.MaxValue, cancellation)));
        foreach (var batch in await journal.ReadPendingAsync(Lane.All, int.MaxValue, new HashSet<BatchId>(), cancellation))
            text.AppendLine(CultureInfo.InvariantCulture, $"{batch} {await HashAsync(journal.ReadBatchAsync(batch, cancellation))}");
        return text.ToString();
    }

    private static async Task<string> HashAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var chunk in chunks)
            hash.AppendData(chunk.Span);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
