namespace Ingest.Tracker;

/// <summary>A collector.</summary>
public sealed class TrackerEndpoint
{
    /// <param name="url">Its address: scheme, host and port, with a path where the collector stands behind one.</param>
    /// <param name="weight">
    /// Its share of all trackers, relative to the others, 0 to 1,000,000. With 0 it stands by: it is used only while all others fail.
    /// </param>
    /// <exception cref="ArgumentException">The address is neither http nor https, or the weight is out of range.</exception>
    public TrackerEndpoint(Uri url, int weight = 1)
    {
        Guard.NotNull(url, nameof(url));
        Guard.That(url is { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "" },
            "An endpoint is an absolute http or https address without query and fragment.", nameof(url));
        Guard.That(weight is >= 0 and <= WeightMax, "A weight is 0 to 1,000,000.", nameof(weight));
        // Else the last segment of its path would be replaced by ours.
        Url = url.AbsolutePath.Last() == '/' ? url : new Uri(url.AbsoluteUri + "/");
        Weight = weight;
    }

    /// <param name="url">As above.</param>
    /// <param name="weight">As above.</param>
    public TrackerEndpoint(string url, int weight = 1)
        : this(new Uri(url, UriKind.Absolute), weight)
    {
    }

    internal const int WeightMax = 1_000_000;

    public Uri Url { get; }

    public int Weight { get; }
}
