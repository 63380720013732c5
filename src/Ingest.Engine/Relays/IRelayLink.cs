namespace Ingest.Engine;

/// <summary>The way to the primary: over HTTP from a receiver, within the process once a receiver was promoted.</summary>
public interface IRelayLink
{
    /// <summary>Where it leads, for people.</summary>
    string Description { get; }

    /// <summary>
    /// Delivers some lines of an object. The answer to the last chunk of an object says that all of it is durable, so that
    /// chunk is only to be sent once all others were answered with success.
    /// </summary>
    /// <returns>What is known. Never throws for a fault of the primary or of the line to it.</returns>
    ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation);
}

/// <summary>Whole lines of one relay object, in order.</summary>
/// <param name="Region">The region that received them.</param>
/// <param name="ObjectKey">Key of the object in that region's lake.</param>
/// <param name="FirstLine">0-based number of the first line within the object.</param>
/// <param name="Lines">Number of lines; at least 1.</param>
/// <param name="IsLast">True where the object ends with them.</param>
/// <param name="Bytes">The lines with their line feeds; valid until the next chunk is read.</param>
/// <param name="ObjectSha256">SHA-256 of the whole object: one with other bytes under the same key is another object.</param>
public readonly record struct RelayChunk(
    string Region, string ObjectKey, long FirstLine, int Lines, bool IsLast, ReadOnlyMemory<byte> Bytes, string ObjectSha256);

/// <summary>How the delivery of a chunk ended.</summary>
public enum RelayOutcome
{
    /// <summary>Every event of it is durable at the primary.</summary>
    Stored,

    /// <summary>The whole object was delivered before: an answer was lost.</summary>
    AlreadyDelivered,

    /// <summary>The primary needs its room for live traffic: the same again, slower.</summary>
    Busy,

    /// <summary>No answer, or none in time; the events may be stored or not. The same again.</summary>
    Unreachable,

    /// <summary>The primary does not believe us: wrong key, or clocks that differ. Nothing works until somebody mends it.</summary>
    Denied,

    /// <summary>The primary cannot take this object, and no other try will do. Others may pass.</summary>
    Refused,

    /// <summary>The primary does not know the source; nothing of that source passes until somebody adds it.</summary>
    UnknownSource,
}

/// <summary>The answer to a chunk.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="Accepted">Events new and valid.</param>
/// <param name="Quarantined">Events new and invalid.</param>
/// <param name="Duplicates">Events that the primary had before.</param>
/// <param name="Detail">Why not, for status and logs; null on success.</param>
/// <param name="RetryAfter">When the primary wants to be asked again; null where it does not say.</param>
/// <param name="Region">Name of the region that answered; null where it does not say.</param>
public readonly record struct RelayAnswer(
    RelayOutcome Outcome,
    int Accepted = 0,
    int Quarantined = 0,
    int Duplicates = 0,
    string? Detail = null,
    TimeSpan? RetryAfter = null,
    string? Region = null);
