using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>A real process writes, is killed at any moment, and everything that it answered must be there.</summary>
public sealed class SqliteKillTests
{
    private const int Partitions = 8;

    private readonly Dictionary<PartitionId, long> _answered = [];
    private readonly Dictionary<PartitionId, long> _shipped = [];

    [Fact]
    public async Task Everything_answered_before_a_kill_is_there()
    {
        const int Kills = 12;
        using var folder = new TemporaryFolder();
        var random = new Random(20_261_121);
        for (var kill = 0; kill < Kills; kill++)
        {
            // The first kills hit the creation of the journal, the later ones its use.
            var lines = kill < 3 ? kill : random.Next(20, 600);
            await KilledProcess.RunAsync("Ingest.Storage.CrashChild.dll", [folder.Path, Partitions.ToString(CultureInfo.InvariantCulture)], lines, Note);
            await VerifyAsync(folder);
        }

        Assert.True(_answered.Values.Sum() > 500, "The child wrote too little for the test to mean something.");
    }

    private void Note(string line)
    {
        var words = line.Split(' ');
        var name = words[^2].Split('/');
        var partition = new PartitionId(name[0], int.Parse(name[1], CultureInfo.InvariantCulture));
        var seq = long.Parse(words[^1], CultureInfo.InvariantCulture);
        if (words.Length == 2)
            _answered[partition] = seq;
        else if (words[0] == "shipped")
            _shipped[partition] = seq;
    }

    private async Task VerifyAsync(TemporaryFolder folder)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = folder.Path, ReserveBytes = 0 });
        var shipped = await journal.ReadShippedAsync(default, cancellation).ToListAsync(cancellation);
        var pending = await journal.ReadPendingAsync(Lane.All, int.MaxValue, new HashSet<BatchId>(), cancellation);
        foreach (var number in Enumerable.Range(0, Partitions))
        {
            var partition = new PartitionId("crash", number);
            var answered = _answered.GetValueOrDefault(partition);
            var snapshot = await journal.ReadPartitionAsync(partition, int.MaxValue, default, cancellation);
            Assert.InRange(snapshot.NextSeq, answered + 1, answered + 2); // One more may have committed unanswered,
            _answered[partition] = snapshot.NextSeq - 1; // and what was once read must stay.
            Assert.Equal(snapshot.NextSeq - 1, snapshot.Ids.Count);
            var stored = new SortedDictionary<long, byte[]>();
            foreach (var block in snapshot.Unsealed)
                stored.Add(block.Seq, await ReadAsync(journal.ReadBlocksAsync(partition, LakeStream.Good, block.Seq, block.Seq, cancellation)));
            foreach (var seq in stored.Keys)
                Assert.Equal(CrashBody.Of(partition.Number, seq), stored[seq]);

            var batch = pending.SingleOrDefault(b => b.Partition == partition);
            if (batch is not null)
            {
                var expected = Range(batch.FromSeq, batch.ToSeq).SelectMany(seq => CrashBody.Of(partition.Number, seq)).ToArray();
                Assert.Equal(expected, await ReadAsync(journal.ReadBatchAsync(batch, cancellation)));
                await journal.ConfirmAsync(batch.Id, new ShippedObject("key", batch.BodyBytes, new string('0', 64), default), cancellation);
            }

            // Shipped, pending or unsealed: nothing between.
            var last = batch?.ToSeq ?? shipped.Where(s => s.Batch.Partition == partition).Select(s => s.Batch.ToSeq).DefaultIfEmpty().Max();
            Assert.True(last >= _shipped.GetValueOrDefault(partition));
            Assert.Equal(Range(last + 1, snapshot.NextSeq - 1), stored.Keys);
        }

        await foreach (var row in journal.ReadLedgerAsync(default, cancellation))
            Assert.Empty(Conservation.Violations(row));
        Assert.Empty(await journal.CheckAsync(cancellation));
    }

    private static IEnumerable<long> Range(long from, long to)
    {
        for (var seq = from; seq <= to; seq++)
            yield return seq;
    }

    private static async Task<byte[]> ReadAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        var bytes = new List<byte>();
        await foreach (var chunk in chunks)
            bytes.AddRange(chunk.Span);
        return [.. bytes];
    }
}
