namespace Ingest.Engine;

/// <summary>A run of bytes of an <see cref="EventBatch"/>; <c>default</c> is the empty one, meaning "absent".</summary>
/// <param name="Offset">First byte, counted from the start of the batch's bytes.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct Slice(int Offset, int Length)
{
    /// <summary>True where the field was absent or empty.</summary>
    public bool IsEmpty => Length == 0;
}
