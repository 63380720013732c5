namespace Ingest.Fuzz;

/// <summary>Requests of one kind, given to the collector with the engine behind it.</summary>
/// <param name="name">What it is called on the command line.</param>
/// <param name="weight">Its share of all inputs.</param>
/// <param name="make">Makes a request from nothing.</param>
/// <param name="fault">A mistake made on purpose.</param>
internal sealed class RequestTarget(string name, int weight, Func<Chance, RequestInput> make, PlantedFault fault) : ITarget
{
    /// <summary>Of so many inputs one is made from nothing; the others are changed from earlier ones.</summary>
    private const int NewOneIn = 3;

    public string Name => name;

    public int Weight => weight;

    public IReadOnlyList<byte[]> Corpus { get; } = RequestCorpus.All;

    public byte[] Make(Chance chance, IReadOnlyList<byte[]> kept)
    {
        if (chance.OneIn(NewOneIn)
            || RequestInput.Read(chance.OfList(kept)) is not { } request || RequestInput.Read(chance.OfList(kept)) is not { } other)
            return make(chance).ToBytes();
        for (var changes = chance.Skewed(3); changes >= 0; changes--)
            request = RequestMutator.Change(chance, request, other);
        return request.ToBytes();
    }

    public ISubject Open() => new RequestSubject(fault);
}
