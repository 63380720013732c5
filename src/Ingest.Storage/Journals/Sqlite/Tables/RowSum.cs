namespace Ingest.Storage;

/// <summary>
/// Stands for all rows of a table: the sum of their checksums, kept with the totals and changed with every row. A page that a
/// disk left as it was before holds rows whose own checksums are right, in a structure that is sound: only the sum tells.
/// </summary>
/// <remarks>Each checksum is mixed before it is added: a CRC is linear, so that rows changed in the same way might cancel out.</remarks>
internal readonly record struct RowSum(long Value)
{
    public RowSum With(uint checksum) => new(unchecked(Value + Mix(checksum)));

    public RowSum Without(uint checksum) => new(unchecked(Value - Mix(checksum)));

    public RowSum Without(RowSum rows) => new(unchecked(Value - rows.Value));

    /// <summary>Multiplications by odd numbers and shifts: each is one to one, and together they are far from linear.</summary>
    private static long Mix(uint checksum)
    {
        var mixed = (checksum + 1UL) * 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8_FEB8_6659_FD93;
        return unchecked((long)(mixed ^ (mixed >> 32)));
    }
}

/// <summary>The sums of those tables that nothing else counts row by row. Blocks are held by the heads and batches, bodies by the blocks, ids by their chain.</summary>
internal readonly record struct RowSums(RowSum Partitions, RowSum Batches, RowSum Shipped, RowSum Ledger, RowSum Relayed);

/// <summary>Rows that were read or deleted.</summary>
internal readonly record struct RowTally(long Rows, RowSum Sum)
{
    public RowTally With(uint checksum) => new(Rows + 1, Sum.With(checksum));
}
