using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// The full check: the structure of the file, the checksum of every row, and every count against what it counts. Streams;
/// holds one read transaction, so that the log cannot be begun anew until it ends.
/// </summary>
internal sealed class JournalCheck
{
    /// <summary>Findings after which the rest is left out: enough to see the kind of damage.</summary>
    private const int FindingsMax = 100;

    private readonly JournalTables _tables;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _findings = [];

    private JournalCheck(JournalTables tables, CancellationToken cancellation)
    {
        _tables = tables;
        _cancellation = cancellation;
    }

    /// <returns>What is wrong, one sentence each; empty when everything holds.</returns>
    public static IReadOnlyList<string> Run(Database database, CancellationToken cancellation)
    {
        var check = new JournalCheck(new JournalTables(database), cancellation);
        try
        {
            database.Execute("BEGIN");
            check.CheckStructure();
            check.CheckRows();
            database.Execute("COMMIT");
        }
        catch (SqliteFault fault) when (fault.IsDamage)
        {
            check.Found(fault.Message);
        }
        catch (JournalCorruptException fault)
        {
            check.Found(fault.Message);
        }

        return check._findings;
    }

    /// <param name="database">The connection.</param>
    /// <param name="pragma"><c>quick_check</c> or <c>integrity_check</c>, which compares indexes with their tables too.</param>
    public static void ThrowOnDamagedStructure(Database database, string pragma)
    {
        var found = Structure(database, pragma, 1);
        if (found.Count > 0)
            throw Damage.File(database.Path, found[0]);
    }

    private static List<string> Structure(Database database, string pragma, int max)
    {
        var found = new List<string>();
        using var statement = new Statement(database, string.Create(CultureInfo.InvariantCulture, $"PRAGMA {pragma}({max})"));
        using var rows = statement.Query();
        while (rows.Next())
        {
            var line = rows.Text(0);
            if (line != "ok")
                found.Add(line.ReplaceLineEndings(" "));
        }

        return found;
    }

    private void CheckStructure()
    {
        foreach (var finding in Structure(_tables.Database, "integrity_check", FindingsMax))
            Found($"{_tables.Database.Path}: {finding}");
    }

    private void CheckRows()
    {
        var totals = _tables.Totals.Read();
        var heads = _tables.Partitions.All();
        var bodies = new BodyTally();
        Expect("partitions", heads.Count, totals.Partitions);
        Try(() => _tables.Partitions.VerifyNames(heads));
        Expect("partitions", PartitionsTable.SumOf(heads), totals.PartitionsSum);
        Try(() => _tables.ClosedHour.Read());
        foreach (var head in heads)
            CheckPartition(head, bodies);
        CheckBatches(totals, bodies);
        _tables.Freed.ScanAll(freed => CheckFreed(freed, bodies), Found);
        CheckBlocks(bodies);
        _tables.Bodies.Scan((_, bytes) => bodies.Add(bytes, _cancellation), Found);
        Expect("bodies (rows, against those that blocks and batches name)", bodies.Rows, bodies.Named);
        Expect("bodies (bytes)", bodies.Bytes, totals.BacklogBytes);
        _tables.Ids.ScanAll(Found);
        _tables.Relayed.ScanAll(Found);
        Expect("ledger", _tables.Ledger.ScanAll(Found), totals.LedgerRows);
        Expect("shipped", _tables.Shipped.ScanAll(_tables.Partitions, Found), totals.ShippedBatches);
    }

    private void CheckPartition(PartitionHead head, BodyTally bodies)
    {
        _cancellation.ThrowIfCancellationRequested();
        bodies.Blocks += head.Good.Blocks + head.Quarantine.Blocks;
        Try(() => _tables.Blocks.ReadUnsealed(head, LakeStream.Good));
        Try(() => _tables.Blocks.ReadUnsealed(head, LakeStream.Quarantine));
        Try(() => _tables.Ids.Read(head, int.MaxValue, new Instant(long.MaxValue)));
    }

    private void CheckBatches(Totals totals, BodyTally bodies)
    {
        var pending = new List<PendingBatch>();
        var sum = _tables.Batches.ScanAll(_tables.Partitions, pending.Add, Found);
        Expect("batches", pending.Count, totals.PendingBatches);
        Expect("batches", sum, totals.BatchesSum);
        foreach (var batch in pending)
        {
            _cancellation.ThrowIfCancellationRequested();
            CountBodies(batch.IsMerged, batch.Position, batch.Bodies, bodies);
            Try(() => BatchBodies.Positions(_tables, batch));
        }
    }

    private void CheckFreed(FreedBatch freed, BodyTally bodies)
    {
        _cancellation.ThrowIfCancellationRequested();
        CountBodies(freed.IsMerged, freed.Next, freed.Rows, bodies);
        Try(() => freed.Verify(_tables));
    }

    /// <summary>Pieces are named by their batch, other bodies by their blocks.</summary>
    private void CountBodies(bool isMerged, long first, int rows, BodyTally bodies)
    {
        if (!isMerged)
            bodies.Blocks += rows;
        for (var i = 0; isMerged && i < rows; i++)
            CheckNamed(first + i, bodies);
    }

    /// <summary>Each block is an unsealed one, or of a batch that is pending or freed: one that is none of these would stay for ever.</summary>
    private void CheckBlocks(BodyTally bodies)
    {
        var blocks = _tables.Blocks.ScanAll(stored => CheckNamed(stored.Position, bodies), Found);
        Expect("blocks (rows, against those that partitions and batches count)", blocks, bodies.Blocks);
    }

    private void CheckNamed(long position, BodyTally bodies)
    {
        bodies.Named++;
        if (!_tables.Bodies.Exists(position))
            Found(_tables.Bodies.Missing(position));
    }

    private void Expect(string table, long found, long written) => Try(() => _tables.Totals.Expect(table, found, written));

    /// <summary>Says nothing where a row, or the number of them, was reported before.</summary>
    private void Expect(string table, RowSum found, RowSum written)
    {
        if (!_findings.Exists(finding => finding.Contains($"table {table},", StringComparison.Ordinal)))
            Try(() => _tables.Totals.Expect(table, found, written));
    }

    private void Try(Action check)
    {
        try
        {
            check();
        }
        catch (JournalCorruptException fault)
        {
            Found(fault.Message);
        }
    }

    private void Found(JournalCorruptException fault) => Found(fault.Message);

    private void Found(string finding)
    {
        if (_findings.Count < FindingsMax)
            _findings.Add(finding);
    }

    private sealed class BodyTally
    {
        /// <summary>Blocks that heads, pending batches and freed ones count.</summary>
        public long Blocks { get; set; }

        /// <summary>Bodies that blocks and merged batches name.</summary>
        public long Named { get; set; }

        public long Rows { get; private set; }

        public long Bytes { get; private set; }

        public void Add(int bytes, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            Rows++;
            Bytes += bytes;
        }
    }
}
