namespace Ingest.Storage;

/// <summary>The tables of one connection, each with its prepared statements.</summary>
internal sealed class JournalTables(Database database)
{
    public Database Database { get; } = database;

    public ClosedHourTable ClosedHour { get; } = new(database);

    public TotalsTable Totals { get; } = new(database);

    public PartitionsTable Partitions { get; } = new(database);

    public BodiesTable Bodies { get; } = new(database);

    public BlocksTable Blocks { get; } = new(database);

    public IdsTable Ids { get; } = new(database);

    public BatchesTable Batches { get; } = new(database);

    public FreedTable Freed { get; } = new(database);

    public ShippedTable Shipped { get; } = new(database);

    public LedgerTable Ledger { get; } = new(database);

    public RelayedTable Relayed { get; } = new(database);
}
