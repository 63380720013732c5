using System.Buffers;
using System.Numerics;

namespace Ingest.Schemas;

/// <summary><c>uniqueItems</c>, by a hash table: linear in the size of the array.</summary>
internal sealed class UniqueItemsKeyword(KeywordSite site) : Keyword(site, JsonTypes.Array)
{
    public override bool Check(ref Validation run, int row)
    {
        ref readonly var array = ref run.Instance.Rows[row];
        if (array.Count < 2)
            return true;
        if (!run.Spend(row, array.Rows + (array.Length / Validation.BytesPerStep)))
            return false;

        // Open addressing, at most half full: the row of an item and its hash; row 0 is a free slot, as no item has it.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)array.Count * 2);
        var table = ArrayPool<(int Row, int Hash)>.Shared.Rent(size);
        try
        {
            var slots = table.AsSpan(0, size);
            slots.Clear();
            var item = row + 1;
            for (var i = 0; i < array.Count; i++)
            {
                if (!AddItem(ref run, slots, item))
                    return false;
                item = run.Instance.After(item);
            }

            return true;
        }
        finally
        {
            ArrayPool<(int Row, int Hash)>.Shared.Return(table);
        }
    }

    private bool AddItem(ref Validation run, Span<(int Row, int Hash)> slots, int item)
    {
        var hash = JsonEquality.Hash(run.Instance, item);
        var slot = hash & (slots.Length - 1);
        while (slots[slot].Row != 0)
        {
            var (other, otherHash) = slots[slot];
            if (otherHash == hash && JsonEquality.AreEqual(ref run, run.Instance, other, item))
            {
                return run.Collecting && run.Report(
                    Site.Location,
                    item,
                    $"found {JsonDescription.Of(run.Instance, item)} a second time, expected items to differ; "
                    + $"first at {JsonPointer.To(run.Instance, other)}");
            }

            if (run.Aborted)
                return false;
            slot = (slot + 1) & (slots.Length - 1);
        }

        slots[slot] = (item, hash);
        return true;
    }
}
