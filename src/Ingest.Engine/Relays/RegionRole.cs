using System.Text.Json.Serialization;

namespace Ingest.Engine;

/// <summary>What a region does with the events that it takes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RegionRole>))]
public enum RegionRole
{
    /// <summary>Validates them and keeps them in its own lake.</summary>
    [JsonStringEnumMemberName("primary")]
    Primary,

    /// <summary>Keeps them as they came, and delivers them to the primary.</summary>
    [JsonStringEnumMemberName("receiver")]
    Receiver,
}
