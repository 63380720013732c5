using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>One run of ids of the dedupe window.</summary>
/// <param name="Partition">The partition's key.</param>
/// <param name="Run">The run.</param>
/// <param name="Crc">The checksum of both.</param>
internal readonly record struct IdsRow(int Partition, IdRun Run, int Crc)
{
    public static IdsRow Of(int partition, IdRun run) => new(partition, run, ChecksumOf(partition, run));

    public static int ChecksumOf(int partition, IdRun run)
    {
        var crc = new Crc32C();
        crc.Add("ids");
        crc.Add(partition);
        crc.Add(run.FirstSeq);
        crc.Add(run.Clock.UnixMilliseconds);
        crc.Add(run.Ids.Length);
        crc.Add(run.Ids.Span);
        return unchecked((int)crc.Value);
    }
}
