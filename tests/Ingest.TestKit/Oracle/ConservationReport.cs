using System.Globalization;
using System.Text;

namespace Ingest.TestKit;

/// <summary>What a lake does not have as it was sent.</summary>
public sealed class ConservationReport
{
    private const int ShownMax = 10;

    /// <summary>Acknowledged and not in the lake.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>In the lake and never sent.</summary>
    public List<string> Unknown { get; } = [];

    /// <summary>In the lake more than once.</summary>
    public List<string> Doubled { get; } = [];

    /// <summary>In the lake with other content than was sent, in the wrong stream, or without its reason.</summary>
    public List<string> Altered { get; } = [];

    public bool IsClean => Missing.Count + Unknown.Count + Doubled.Count + Altered.Count == 0;

    public override string ToString()
    {
        var text = new StringBuilder();
        Append("missing", Missing);
        Append("unknown", Unknown);
        Append("doubled", Doubled);
        Append("altered", Altered);
        return text.ToString();

        void Append(string what, List<string> events)
        {
            text.Append(CultureInfo.InvariantCulture, $"{events.Count} {what}\n");
            foreach (var shown in events.Take(ShownMax))
                text.Append(CultureInfo.InvariantCulture, $"  {shown}\n");
        }
    }
}
