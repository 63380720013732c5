using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ingest.Regions;

/// <summary>
/// Shares of traffic of all regions, in the order of the configuration. A setting that is made is in whole percent and sums
/// to 100; one that is read may be anything that a provider holds.
/// </summary>
public sealed class RegionWeights : IEquatable<RegionWeights>
{
    private readonly KeyValuePair<string, int>[] _weights;

    /// <param name="weights">Each region once, and its weight, 0 or more.</param>
    public RegionWeights(IEnumerable<KeyValuePair<string, int>> weights) => _weights = [.. weights];

    /// <summary>The regions in order.</summary>
    public IEnumerable<string> Regions => _weights.Select(weight => weight.Key);

    /// <summary>Regions and weights in order.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> All => _weights;

    /// <summary>Sum of all weights.</summary>
    public int Sum => _weights.Sum(weight => weight.Value);

    /// <summary>True where the weights are percentages.</summary>
    public bool IsPercent => Sum == 100;

    /// <summary>The weight of a region.</summary>
    /// <exception cref="KeyNotFoundException">There is no such region.</exception>
    public int this[string region] => TryGet(region, out var weight)
        ? weight
        : throw new KeyNotFoundException($"There is no region {region}.");

    /// <summary>The same regions, all traffic in one of them.</summary>
    public RegionWeights AllTo(string region) => With(name => name == region ? 100 : 0);

    /// <summary>The same regions with other weights.</summary>
    public RegionWeights With(Func<string, int> weightOf) =>
        new(_weights.Select(weight => KeyValuePair.Create(weight.Key, weightOf(weight.Key))));

    /// <summary>Reads what <see cref="ToString"/> wrote: <c>us-east-1=95 us-west-2=5</c>, for exactly these regions in any order.</summary>
    /// <param name="words">One word a region.</param>
    /// <param name="regions">The regions that there are.</param>
    /// <param name="weights">What was read.</param>
    /// <param name="problem">What is wrong, one sentence.</param>
    public static bool TryParse(
        IEnumerable<string> words,
        IReadOnlyList<string> regions,
        [NotNullWhen(true)] out RegionWeights? weights,
        [NotNullWhen(false)] out string? problem)
    {
        var read = new Dictionary<string, int>(StringComparer.Ordinal);
        weights = null;
        foreach (var word in words)
        {
            var (name, percent) = word.Split('=') is [var left, var right] ? (left, right) : ("", "");
            problem = !regions.Contains(name, StringComparer.Ordinal) ? $"{word}: write REGION=PERCENT with one of {string.Join(", ", regions)}."
                : !int.TryParse(percent, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) || weight > 100 ? $"{word}: a weight is a whole percentage from 0 to 100."
                : !read.TryAdd(name, weight) ? $"{word}: {name} stands there twice."
                : null;
            if (problem is not null)
                return false;
        }

        var absent = regions.Where(region => !read.ContainsKey(region)).ToList();
        var sum = read.Values.Sum();
        problem = absent.Count > 0 ? $"Say the weight of every region; {string.Join(", ", absent)} is missing."
            : sum != 100 ? string.Create(CultureInfo.InvariantCulture, $"The weights sum to {sum}, not to 100.")
            : null;
        if (problem is not null)
            return false;
        weights = new RegionWeights(regions.Select(region => KeyValuePair.Create(region, read[region])));
        return true;
    }

    /// <summary>Region and weight by name, for records and reports.</summary>
    public SortedDictionary<string, int> ToDictionary() =>
        new(_weights.ToDictionary(weight => weight.Key, weight => weight.Value, StringComparer.Ordinal), StringComparer.Ordinal);

    public bool Equals(RegionWeights? other) =>
        other is not null && _weights.Length == other._weights.Length
        && _weights.All(weight => other.TryGet(weight.Key, out var theirs) && theirs == weight.Value);

    public override bool Equals(object? obj) => Equals(obj as RegionWeights);

    // Equal ones may differ in order.
    public override int GetHashCode() =>
        _weights.Aggregate(0, (hash, weight) => hash ^ HashCode.Combine(StringComparer.Ordinal.GetHashCode(weight.Key), weight.Value));

    public override string ToString() =>
        string.Join(' ', _weights.Select(weight => string.Create(CultureInfo.InvariantCulture, $"{weight.Key}={weight.Value}")));

    private bool TryGet(string region, out int weight)
    {
        foreach (var (name, value) in _weights)
        {
            if (name != region)
                continue;
            weight = value;
            return true;
        }

        weight = 0;
        return false;
    }
}
