namespace Ingest.Tracker;

/// <summary>What an answer to a request means for its events.</summary>
internal enum AnswerKind
{
    /// <summary>They are the collector's now.</summary>
    Delivered,

    /// <summary>The collector cannot take this body: fewer events at once, or one that is refused by itself.</summary>
    Refused,

    /// <summary>A person must mend something: key, address, a proxy between.</summary>
    Denied,

    /// <summary>It may work later, or elsewhere.</summary>
    Failed,
}

/// <summary>The outcome of a request.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Status">The HTTP status; 0 where there was no answer.</param>
/// <param name="RetryAfter">When the collector wants to be asked again; null where it does not say.</param>
/// <param name="Problem">What went wrong, for people; null where nothing did.</param>
internal sealed record Answer(AnswerKind Kind, int Status, TimeSpan? RetryAfter, string? Problem)
{
    /// <summary>What an HTTP status means.</summary>
    public static AnswerKind KindOf(int status) => status switch
    {
        >= 200 and < 300 => AnswerKind.Delivered,
        400 or 413 or 422 => AnswerKind.Refused,
        408 or 425 or 429 or >= 500 => AnswerKind.Failed,
        _ => AnswerKind.Denied,
    };
}
