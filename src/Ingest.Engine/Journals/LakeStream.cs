namespace Ingest.Engine;

/// <summary>Where a line will land.</summary>
public enum LakeStream : byte
{
    /// <summary>Valid events.</summary>
    Good = 0,

    /// <summary>Invalid events with their reasons and original bytes.</summary>
    Quarantine = 1,
}
