using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Statements over batches and shipped, for the group commit.</summary>
internal static class BatchesTable
{
    private const string Keys = "unnest($1::int[], $2::smallint[], $3::bigint[]) AS k (partition, stream, from_seq)";

    private const string IsKey = "b.partition = k.partition AND b.stream = k.stream AND b.from_seq = k.from_seq";

    public static NpgsqlBatchCommand FindPending(List<ConfirmWrite> confirms, PartitionKeys keys) =>
        Find($"{SealedBatch.Select} JOIN (SELECT DISTINCT * FROM {Keys}) k ON {IsKey}", confirms, keys);

    public static NpgsqlBatchCommand FindShipped(List<ConfirmWrite> confirms, PartitionKeys keys) => Find(
        $"SELECT p.source, p.number, b.stream, b.from_seq FROM ingest.shipped b JOIN ingest.partitions p ON p.id = b.partition JOIN {Keys} ON {IsKey}",
        confirms,
        keys);

    public static NpgsqlBatchCommand Insert(List<SealedBatch> batches)
    {
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO ingest.batches (
                partition, stream, from_seq, to_seq, hour, blocks, events, line_bytes, body_bytes, sealed_at, reason,
                received, pieces, first_generation, last_generation)
            SELECT * FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::int[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::smallint[], $12::bigint[], $13::smallint[], $14::int[], $15::int[])
            """);
        Add(b => b.Partition);
        AddBatches(command, [.. batches.Select(b => b.Batch)]);
        Add(b => b.Received.UnixMilliseconds);
        Add(b => b.Pieces);
        Add(b => b.FirstGeneration);
        Add(b => b.LastGeneration);
        return command;

        void Add<T>(Func<SealedBatch, T> column) => command.Parameters.Add(Parameter.Of(batches.Select(column).ToArray()));
    }

    public static NpgsqlBatchCommand Delete(List<(int Partition, ShippedBatch Shipped)> confirmed) =>
        new($"DELETE FROM ingest.batches b USING {Keys} WHERE {IsKey}")
        {
            Parameters =
            {
                Parameter.Of(confirmed.Select(c => c.Partition).ToArray()),
                Parameter.Of(confirmed.Select(c => (short)c.Shipped.Batch.Stream).ToArray()),
                Parameter.Of(confirmed.Select(c => c.Shipped.Batch.FromSeq).ToArray()),
            },
        };

    public static NpgsqlBatchCommand InsertShipped(List<(int Partition, ShippedBatch Shipped)> confirmed)
    {
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO ingest.shipped (
                partition, stream, from_seq, to_seq, hour, blocks, events, line_bytes, body_bytes, sealed_at, reason,
                key, length, sha256, shipped_at)
            SELECT * FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::int[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::smallint[], $12::text[], $13::bigint[], $14::text[], $15::bigint[])
            """);
        Add(c => c.Partition);
        AddBatches(command, [.. confirmed.Select(c => c.Shipped.Batch)]);
        Add(c => c.Shipped.Object.Key);
        Add(c => c.Shipped.Object.Length);
        Add(c => c.Shipped.Object.Sha256);
        Add(c => c.Shipped.Object.ShippedAt.UnixMilliseconds);
        return command;

        void Add<T>(Func<(int Partition, ShippedBatch Shipped), T> column) =>
            command.Parameters.Add(Parameter.Of(confirmed.Select(column).ToArray()));
    }

    private static void AddBatches(NpgsqlBatchCommand command, List<Batch> batches)
    {
        Add(b => (short)b.Stream);
        Add(b => b.FromSeq);
        Add(b => b.ToSeq);
        Add(b => b.Hour.Number);
        Add(b => b.Blocks);
        Add(b => b.Events);
        Add(b => b.LineBytes);
        Add(b => b.BodyBytes);
        Add(b => b.SealedAt.UnixMilliseconds);
        Add(b => (short)b.Reason);

        void Add<T>(Func<Batch, T> column) => command.Parameters.Add(Parameter.Of(batches.Select(column).ToArray()));
    }

    private static NpgsqlBatchCommand Find(string sql, List<ConfirmWrite> confirms, PartitionKeys keys) => new(sql)
    {
        Parameters =
        {
            Parameter.Of(confirms.Select(c => keys.Find(c.Partition)!.Value).ToArray()),
            Parameter.Of(confirms.Select(c => (short)c.Id.Stream).ToArray()),
            Parameter.Of(confirms.Select(c => c.Id.FromSeq).ToArray()),
        },
    };
}
