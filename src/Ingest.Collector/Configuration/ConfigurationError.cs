namespace Ingest.Collector;

/// <summary>One mistake in the configuration, with all that is needed to mend it.</summary>
/// <param name="File">The file, from the configuration folder on, such as <c>sources/shop.json</c>.</param>
/// <param name="Key">The key, such as <c>snowplow.paths</c>; empty for the file as a whole.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Mend">What to do.</param>
public sealed record ConfigurationError(string File, string Key, string Problem, string Mend)
{
    public override string ToString() =>
        Key.Length == 0 ? $"{File}: {Problem}. {Mend}." : $"{File}: {Key} {Problem}. {Mend}.";
}
