using System.Diagnostics;

namespace Ingest.Schemas;

/// <summary>
/// Equality of JSON values: 1 and 1.0 are equal, escapes do not matter, nor does the order of members. Work is taken from
/// the run's budget; what is not finished counts as unequal, and the run is aborted.
/// </summary>
internal static class JsonEquality
{
    /// <summary>Whether a value is equal to another.</summary>
    /// <param name="run">The run, whose budget is used and whose instance holds the right value.</param>
    /// <param name="left">Text of the left value; its objects should not repeat a name.</param>
    /// <param name="leftRow">The left value.</param>
    /// <param name="rightRow">The right value.</param>
    public static bool AreEqual(ref Validation run, in JsonIndex left, int leftRow, int rightRow)
    {
        ref readonly var l = ref left.Rows[leftRow];
        ref readonly var r = ref run.Instance.Rows[rightRow];
        if (l.Kind != r.Kind || l.Count != r.Count || !run.Spend(rightRow, 1 + (r.Length / Validation.BytesPerStep)))
            return false;
        return l.Kind switch
        {
            JsonKind.Number => AreNumbersEqual(left.Raw(leftRow), run.Instance.Raw(rightRow)),
            JsonKind.String or JsonKind.Name => AreTextsEqual(left, leftRow, run.Instance, rightRow),
            JsonKind.Array => AreArraysEqual(ref run, left, leftRow, rightRow),
            JsonKind.Object => AreObjectsEqual(ref run, left, leftRow, rightRow),
            _ => true,
        };
    }

    /// <summary>A hash that equal values share. Seeded per process, so that inputs cannot be made to collide.</summary>
    public static int Hash(in JsonIndex instance, int row)
    {
        var hash = default(HashCode);
        ref readonly var at = ref instance.Rows[row];
        hash.Add((int)at.Kind);
        switch (at.Kind)
        {
            case JsonKind.Number:
                var number = instance.Number(row);
                hash.Add(number.IsNegative);
                hash.Add(number.Exponent);
                foreach (var digit in number.Digits)
                {
                    if (digit != '.')
                        hash.Add(digit);
                }

                break;

            case JsonKind.String or JsonKind.Name:
                using (var text = instance.String(row))
                    hash.AddBytes(text.Utf8);
                break;

            case JsonKind.Array:
                for (var item = row + 1; item < instance.After(row); item = instance.After(item))
                    hash.Add(Hash(instance, item));
                break;

            case JsonKind.Object:
                // A sum, since the order of members does not matter.
                var sum = 0;
                for (var name = row + 1; name < instance.After(row); name = instance.After(name + 1))
                    sum += HashCode.Combine(Hash(instance, name), Hash(instance, name + 1));
                hash.Add(sum);
                break;
        }

        return hash.ToHashCode();
    }

    private static bool AreNumbersEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.SequenceEqual(right) || JsonNumber.Compare(JsonNumber.Parse(left), JsonNumber.Parse(right)) == 0;

    private static bool AreTextsEqual(in JsonIndex left, int leftRow, in JsonIndex right, int rightRow)
    {
        using var l = left.String(leftRow);
        using var r = right.String(rightRow);
        return l.Utf8.SequenceEqual(r.Utf8);
    }

    private static bool AreArraysEqual(ref Validation run, in JsonIndex left, int leftRow, int rightRow)
    {
        var l = leftRow + 1;
        var r = rightRow + 1;
        for (; l < left.After(leftRow); l = left.After(l), r = run.Instance.After(r))
        {
            if (!AreEqual(ref run, left, l, r))
                return false;
        }

        return true;
    }

    // Both have the same number of members, so it is enough that each of the left is also on the right.
    private static bool AreObjectsEqual(ref Validation run, in JsonIndex left, int leftRow, int rightRow)
    {
        // Where the last one was found: members mostly stand in the same order.
        var next = rightRow + 1;
        for (var l = leftRow + 1; l < left.After(leftRow); l = left.After(l + 1))
        {
            var r = FindMember(ref run, left, l, rightRow, next);
            if (r < 0 || !AreEqual(ref run, left, l + 1, r + 1))
                return false;
            next = run.Instance.After(r + 1);
        }

        return true;
    }

    private static int FindMember(ref Validation run, in JsonIndex left, int name, int rightRow, int from)
    {
        Debug.Assert(run.Instance.Rows[rightRow].Count > 0, "Objects of equal counts, and the left has a member.");
        var end = run.Instance.After(rightRow);
        var r = from;
        for (var tried = 0; tried < run.Instance.Rows[rightRow].Count; tried++)
        {
            if (r == end)
                r = rightRow + 1;
            if (!run.Spend(rightRow, 1))
                return -1;
            if (AreTextsEqual(left, name, run.Instance, r))
                return r;
            r = run.Instance.After(r + 1);
        }

        return -1;
    }
}
