namespace Ingest.TestKit;

/// <summary>What must become of one event that a test sends.</summary>
/// <param name="Id">Its event id.</param>
/// <param name="Stream"><c>good</c> or <c>quarantine</c>.</param>
/// <param name="Rule">The rule that a quarantined event breaks; null in the stream <c>good</c>.</param>
/// <param name="Difference">Says how the payload that stands in the lake differs from what was sent; null where it does not.</param>
public sealed record ExpectedEvent(string Id, string Stream, string? Rule, Func<LakeLine, string?> Difference);
