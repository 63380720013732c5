using System.Globalization;

namespace Ingest.Simulation;

/// <summary>
/// What happened in a history, as a checksum over everything, and as text where it is to be read. Two runs of one seed
/// must agree in the checksum.
/// </summary>
internal sealed class Trace(bool keepsLines)
{
    private const ulong Prime = 1_099_511_628_211;

    private readonly List<string> _lines = [];

    public ulong Checksum { get; private set; } = 14_695_981_039_346_656_037;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Takes a number in.</summary>
    public void Mix(long value) => Checksum = unchecked((Checksum ^ (ulong)value) * Prime);

    /// <summary>Takes note of something worth reading.</summary>
    public void Note(TimeSpan now, long step, string who, string what)
    {
        foreach (var c in what)
            Checksum = unchecked((Checksum ^ c) * Prime);
        if (keepsLines)
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{step,7} {now.TotalSeconds,10:F3} s  {who,-10} {what}"));
    }
}
