namespace Ingest.Bench;

/// <summary>Figures in the order in which they first came, with the values of all rounds.</summary>
internal sealed class FigureList
{
    private readonly Dictionary<(string, string, string), int> _places = [];
    private readonly List<(Measurement Figure, List<double> Values)> _figures = [];

    public IReadOnlyList<Measurement> All => [.. _figures.Select(f => f.Figure)];

    public void Add(string workload, string subject, string metric, double value, string unit)
    {
        if (!_places.TryGetValue((workload, subject, metric), out var place))
        {
            place = _places[(workload, subject, metric)] = _figures.Count;
            var values = new List<double>();
            _figures.Add((new Measurement(workload, subject, metric, values, unit), values));
        }

        _figures[place].Values.Add(value);
    }
}
