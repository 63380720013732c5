namespace Ingest.Collector;

/// <summary>Finds the key that somebody probably meant.</summary>
internal static class NearestKey
{
    /// <summary>The known key that is the fewest letters away from a mistyped one; null where none is close.</summary>
    public static string? Find(string mistyped, IEnumerable<string> known) => known
        .Select(key => (key, distance: Distance(mistyped.ToUpperInvariant(), key.ToUpperInvariant())))
        .Where(candidate => candidate.distance <= Math.Max(2, candidate.key.Length / 3))
        .OrderBy(candidate => candidate.distance)
        .Select(candidate => candidate.key)
        .FirstOrDefault();

    /// <summary>Levenshtein's distance: letters to insert, drop or change.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
