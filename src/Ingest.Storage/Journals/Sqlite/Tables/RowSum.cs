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

    /// <summary>Multiplications by odd numbers and shifts: each is one to one, and together they are far from linear.</summary>
    private static long Mix(uint checksum)
    {
        var mixed = (checksum + 1UL) * 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8_FEB8_6659_FD93;
        return unchecked((long)(mixed ^ (mixed >> 32)));
    }
}
