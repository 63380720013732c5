using System.Globalization;
using Ingest.Engine;
using Ingest.Storage;

// Writes into a SQLite journal until it is killed, and prints each answered append: "source/n seq", one a line. Bodies
// follow from partition and seq, so that the parent can tell whether they read back. Every now and then a partition
// seals and confirms what it has ("sealed source/n toSeq", "shipped source/n toSeq"), so that every kind of write is cut off.
// Arguments: the folder, the number of partitions. With "spill" before them it does the same to a spill.
if (args[0] == "spill")
{
    await SpillChild.RunAsync(args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
    return;
}

var journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = args[0], ReserveBytes = 0, WalBytesMax = 256 << 10 });
await using var _ = journal;
using var output = Console.Out;
var partitions = int.Parse(args[1], CultureInfo.InvariantCulture);
await Task.WhenAll(Enumerable.Range(0, partitions).Select(n => WriteAsync(new PartitionId("crash", n))));
return;

async Task WriteAsync(PartitionId partition)
{
    await Task.Yield();
    var snapshot = await journal.ReadPartitionAsync(partition, 0, default, default);
    var unsealed = snapshot.Unsealed.ToList();
    for (var seq = snapshot.NextSeq; ; seq++)
    {
        var block = Block(partition, seq);
        var append = new Append(
            partition, partitions, seq, [block], new byte[16], 0, block.Received, [new LedgerCounts(block.Hour, 1, 1, 0, 0, 0)]);
        Require(await journal.AppendAsync(append, default));
        Print($"{partition} {seq}");
        unsealed.Add(block.Info);
        if (unsealed.Count >= 20)
            await ShipAsync(partition, unsealed);
    }
}

async Task ShipAsync(PartitionId partition, List<BlockInfo> blocks)
{
    var (first, last) = (blocks[0], blocks[^1]);
    var batch = new Batch(
        partition, first.Stream, first.Hour, first.Seq, last.Seq, blocks.Count, blocks.Sum(b => b.Events), blocks.Sum(b => (long)b.LineBytes),
        blocks.Sum(b => (long)b.BodyBytes), last.Received, SealReason.Size);
    Require(await journal.SealAsync(new Seal(batch, null), default));
    Print($"sealed {partition} {last.Seq}");
    Require(await journal.ConfirmAsync(batch.Id, new ShippedObject("key", batch.BodyBytes, new string('0', 64), last.Received), default));
    Print($"shipped {partition} {last.Seq}");
    blocks.Clear();
}

static Block Block(PartitionId partition, long seq)
{
    var body = CrashBody.Of(partition.Number, seq);
    var hour = new LakeHour(498_620);
    return new Block(seq, LakeStream.Good, hour, 1, body.Length, hour.Start, body);
}

static void Require(JournalResult result)
{
    if (result.Outcome != JournalOutcome.Committed)
        throw new InvalidOperationException($"{result.Outcome}: {result.Reason}");
}

// One write each: a line is there whole or not at all when the process is killed.
void Print(string line)
{
    lock (output)
    {
        output.Write(line + "\n");
        output.Flush();
    }
}
