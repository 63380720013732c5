namespace Ingest.Schemas;

/// <summary>Which names an object has.</summary>
internal static class MemberNames
{
    /// <summary>Adds the numbers of those names in the table that the object at <paramref name="row"/> has.</summary>
    public static void Find(in JsonIndex instance, int row, NameTable names, BitSet present)
    {
        var end = instance.After(row);
        for (var name = row + 1; name < end; name = instance.After(name + 1))
        {
            using var text = instance.String(name);
            var ordinal = names.Find(text.Utf8);
            if (ordinal >= 0)
                present.Add(ordinal);
        }
    }
}
