namespace Ingest.Tracker;

/// <summary>What the tracker calls itself.</summary>
internal static class TrackerVersion
{
    /// <summary>Name and version, as in <c>ingest-net-0.1.0</c>.</summary>
    public static string Text { get; } = "ingest-net-" + typeof(TrackerVersion).Assembly.GetName().Version!.ToString(3);
}
