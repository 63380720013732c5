namespace Ingest.Storage;

/// <summary>
/// The tables. <c>partition</c> is a small number for the name. Every row carries a CRC-32C over its table and all its
/// fields; each table's own file says how it is used.
/// </summary>
/// <remarks>
/// What an append writes stands in order of arrival, whatever its partition: where hardly two appends of a commit are of the
/// same one, as with ten thousand sources, a table clustered by partition would cost a page for each row.
/// </remarks>
internal static class Schema
{
    /// <summary>Goes up with every change that an older program cannot read.</summary>
    public const int Version = 6;

    /// <summary>The oldest version that <see cref="UpgradeFrom"/>, <see cref="UpgradeToVersion5"/> and <see cref="Freed"/> bring to the present one.</summary>
    public const int OldestVersion = 1;

    /// <summary>From this one on what appends write stands in order of arrival.</summary>
    public const int FirstVersionByArrival = 5;

    /// <summary>From this one on the totals have sums of rows.</summary>
    public const int FirstVersionWithSums = 4;

    /// <summary>Marks the file's type for <c>file(1)</c> and for us: "OrIn".</summary>
    public const int ApplicationId = 0x4F72496E;

    public const string Sql =
        """
        CREATE TABLE meta(id INTEGER PRIMARY KEY, journal TEXT NOT NULL, crc INTEGER NOT NULL);
        CREATE TABLE totals(id INTEGER PRIMARY KEY, commits INTEGER NOT NULL, partitions INTEGER NOT NULL,
          next_position INTEGER NOT NULL, unsealed_events INTEGER NOT NULL, pending_events INTEGER NOT NULL,
          pending_batches INTEGER NOT NULL, backlog_bytes INTEGER NOT NULL, ledger_rows INTEGER NOT NULL,
          shipped_batches INTEGER NOT NULL, crc INTEGER NOT NULL, partitions_sum INTEGER NOT NULL DEFAULT 0,
          batches_sum INTEGER NOT NULL DEFAULT 0, sums_crc INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE bodies(position INTEGER PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE TABLE batches(partition INTEGER NOT NULL, stream INTEGER NOT NULL, from_seq INTEGER NOT NULL,
          to_seq INTEGER NOT NULL, hour INTEGER NOT NULL, blocks INTEGER NOT NULL, events INTEGER NOT NULL,
          line_bytes INTEGER NOT NULL, body_bytes INTEGER NOT NULL, sealed_at INTEGER NOT NULL, reason INTEGER NOT NULL,
          received INTEGER NOT NULL, position INTEGER NOT NULL, merged_pieces INTEGER NOT NULL, crc INTEGER NOT NULL,
          PRIMARY KEY(partition, stream, from_seq)) WITHOUT ROWID;
        CREATE INDEX batches_by_age ON batches(sealed_at);
        CREATE INDEX batches_by_received ON batches(received);
        CREATE TABLE shipped(partition INTEGER NOT NULL, stream INTEGER NOT NULL, from_seq INTEGER NOT NULL,
          to_seq INTEGER NOT NULL, hour INTEGER NOT NULL, blocks INTEGER NOT NULL, events INTEGER NOT NULL,
          line_bytes INTEGER NOT NULL, body_bytes INTEGER NOT NULL, sealed_at INTEGER NOT NULL, reason INTEGER NOT NULL,
          key TEXT NOT NULL, length INTEGER NOT NULL, sha256 TEXT NOT NULL, shipped_at INTEGER NOT NULL, crc INTEGER NOT NULL,
          PRIMARY KEY(partition, stream, from_seq)) WITHOUT ROWID;
        CREATE INDEX shipped_by_hour ON shipped(partition, hour);
        CREATE TABLE ledger(partition INTEGER NOT NULL, hour INTEGER NOT NULL, received INTEGER NOT NULL,
          good INTEGER NOT NULL, quarantined INTEGER NOT NULL, duplicates INTEGER NOT NULL, refused INTEGER NOT NULL,
          shipped_good INTEGER NOT NULL, shipped_quarantined INTEGER NOT NULL, crc INTEGER NOT NULL,
          PRIMARY KEY(partition, hour)) WITHOUT ROWID;
        """ + ByArrival + Relayed + Freed;

    /// <summary>What appends write, in order of arrival; partitions in which their heads are folded.</summary>
    public const string ByArrival =
        $"""

        CREATE TABLE partitions(id INTEGER PRIMARY KEY, source TEXT NOT NULL, number INTEGER NOT NULL, {Head},
          UNIQUE(source, number));
        CREATE TABLE new_heads(position INTEGER PRIMARY KEY, partition INTEGER NOT NULL, {Head});
        CREATE INDEX new_heads_by_partition ON new_heads(partition);
        CREATE TABLE blocks(position INTEGER PRIMARY KEY, partition INTEGER NOT NULL, stream INTEGER NOT NULL,
          seq INTEGER NOT NULL, hour INTEGER NOT NULL, events INTEGER NOT NULL, line_bytes INTEGER NOT NULL,
          received INTEGER NOT NULL, body_bytes INTEGER NOT NULL, previous INTEGER NOT NULL, crc INTEGER NOT NULL);
        CREATE INDEX blocks_by_received ON blocks(received);
        CREATE TABLE ids(position INTEGER PRIMARY KEY, partition INTEGER NOT NULL, first_seq INTEGER NOT NULL,
          previous INTEGER NOT NULL, previous_seq INTEGER NOT NULL, clock INTEGER NOT NULL, crc INTEGER NOT NULL,
          ids BLOB NOT NULL);
        """;

    private const string Head =
        """
        next_seq INTEGER NOT NULL, clock INTEGER NOT NULL, partition_count INTEGER NOT NULL,
          ids_newest INTEGER NOT NULL, ids_newest_seq INTEGER NOT NULL, ids_from INTEGER NOT NULL,
          ids_forgotten INTEGER NOT NULL, good_first INTEGER NOT NULL, good_oldest INTEGER NOT NULL,
          good_newest INTEGER NOT NULL, good_blocks INTEGER NOT NULL, good_events INTEGER NOT NULL,
          quarantine_first INTEGER NOT NULL, quarantine_oldest INTEGER NOT NULL, quarantine_newest INTEGER NOT NULL,
          quarantine_blocks INTEGER NOT NULL, quarantine_events INTEGER NOT NULL, ledger_hour INTEGER NOT NULL,
          received INTEGER NOT NULL, good INTEGER NOT NULL, quarantined INTEGER NOT NULL, duplicates INTEGER NOT NULL,
          refused INTEGER NOT NULL, shipped_good INTEGER NOT NULL, shipped_quarantined INTEGER NOT NULL,
          crc INTEGER NOT NULL
        """;

    /// <summary>What version 6 has beyond version 5.</summary>
    public const string Freed =
        """

        CREATE TABLE freed(position INTEGER PRIMARY KEY, partition INTEGER NOT NULL, stream INTEGER NOT NULL,
          from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, next_body INTEGER NOT NULL, rows INTEGER NOT NULL,
          is_merged INTEGER NOT NULL, body_bytes INTEGER NOT NULL, crc INTEGER NOT NULL);
        """;

    private const string Relayed =
        """

        CREATE TABLE relayed(id INTEGER PRIMARY KEY, region TEXT NOT NULL, key TEXT NOT NULL, sha256 TEXT NOT NULL,
          delivered_at INTEGER NOT NULL, crc INTEGER NOT NULL, UNIQUE(region, key, sha256));
        CREATE INDEX relayed_by_age ON relayed(delivered_at);
        """;

    private const string Sums =
        """

        ALTER TABLE totals ADD COLUMN partitions_sum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE totals ADD COLUMN batches_sum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE totals ADD COLUMN sums_crc INTEGER NOT NULL DEFAULT 0;
        """;

    /// <summary>Brings an older version to the tables of version 4: 1 kept no number of partitions, 2 no relayed objects, 3 no sums of rows.</summary>
    public static string UpgradeFrom(long version) => version switch
    {
        1 => "ALTER TABLE partitions ADD COLUMN partition_count INTEGER NOT NULL DEFAULT 0;" + Relayed + Sums,
        2 => Relayed + Sums,
        3 => Sums,
        _ => "",
    };
}
