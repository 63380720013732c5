using System.Text.Json.Serialization;
using Ingest.Engine;

namespace Ingest.Regions;

/// <summary>One thing that happened to the lever, written down for good.</summary>
/// <param name="At">When.</param>
/// <param name="By">The region whose watcher it was, or <c>user@host</c>.</param>
/// <param name="What"><see cref="MovedAway"/> and the like.</param>
/// <param name="From">The weights before; null where they are not known.</param>
/// <param name="To">The weights after; null where nothing was moved.</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="Failure">Why it was not done, or is not known to be; null where it was.</param>
public sealed record LeverRecord(
    Instant At,
    string By,
    string What,
    SortedDictionary<string, int>? From,
    SortedDictionary<string, int>? To,
    string Reason,
    string? Failure = null)
{
    /// <summary>A watcher took traffic away from a region.</summary>
    public const string MovedAway = "moved-away";

    /// <summary>A watcher gave traffic back.</summary>
    public const string MovedBack = "moved-back";

    /// <summary>A watcher put the normal weights back where no region had a share.</summary>
    public const string Restored = "restored";

    /// <summary>A person moved the lever.</summary>
    public const string Set = "set";

    /// <summary>A watcher found weights that no watcher set.</summary>
    public const string Found = "found";

    /// <summary>A drill moved the lever.</summary>
    public const string Drill = "drill";

    /// <summary>A drill, or who found it left over, moved the lever back.</summary>
    public const string DrillEnded = "drill-ended";
}

/// <summary>A drill under way, written down before the lever is moved.</summary>
/// <param name="Id">Its name.</param>
/// <param name="At">When it began.</param>
/// <param name="Until">When it ends; from then on whoever finds it moves the lever back.</param>
/// <param name="By">Who began it.</param>
/// <param name="Before">The weights to go back to.</param>
/// <param name="During">The weights meanwhile.</param>
public sealed record DrillRecord(
    string Id, Instant At, Instant Until, string By, SortedDictionary<string, int> Before, SortedDictionary<string, int> During);

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LeverRecord))]
[JsonSerializable(typeof(DrillRecord))]
public sealed partial class LeverRecordJson : JsonSerializerContext;
