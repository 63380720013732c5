namespace Ingest.Bench;

/// <summary>Reads lists of names from the command line.</summary>
internal static class Choice
{
    public static IReadOnlyList<string> Split(string names) =>
        names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Finds what was named.</summary>
    /// <param name="names">Names, with commas between them.</param>
    /// <param name="what">What they are names of, for the message.</param>
    /// <param name="all">All there are.</param>
    /// <param name="nameOf">The name of one.</param>
    /// <param name="mistakes">Receives a sentence for each name that is none.</param>
    public static IReadOnlyList<T> Of<T>(string names, string what, IReadOnlyList<T> all, Func<T, string> nameOf, List<string> mistakes)
        where T : class
    {
        var chosen = new List<T>();
        foreach (var name in Split(names))
        {
            if (all.FirstOrDefault(one => string.Equals(nameOf(one), name, StringComparison.OrdinalIgnoreCase)) is { } found)
                chosen.Add(found);
            else
                mistakes.Add($"{name}: there is no such {what}; there are {string.Join(", ", all.Select(nameOf))}.");
        }

        if (chosen.Count == 0 && mistakes.Count == 0)
            mistakes.Add($"No {what} was named.");
        return chosen;
    }

    /// <summary>Finds subjects. Of those that nobody asked for by name, absence is said and is no mistake.</summary>
    /// <param name="names">Names, with commas between them; null where nothing was asked for.</param>
    /// <param name="usual">What is measured then.</param>
    /// <param name="postgres">A PostgreSQL for those that need one.</param>
    /// <param name="mistakes">Receives a sentence for each name that cannot be measured.</param>
    /// <param name="absent">Receives a sentence for each usual one that is left out.</param>
    public static IReadOnlyList<ISubject> OfSubjects(string? names, string usual, string? postgres, List<string> mistakes, List<string> absent)
    {
        var chosen = new List<ISubject>();
        foreach (var name in Split(names ?? usual))
        {
            if (SubjectCatalogue.Find(name, postgres, out var missing) is { } subject)
                chosen.Add(subject);
            else
                (names is null ? absent : mistakes).Add(missing!);
        }

        if (chosen.Count == 0 && mistakes.Count == 0)
            mistakes.Add("There is nothing to measure.");
        return chosen;
    }
}
