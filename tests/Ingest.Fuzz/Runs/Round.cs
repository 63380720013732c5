namespace Ingest.Fuzz;

/// <summary>
/// A run of inputs of one target that depends on nothing but seed, target and number: what its inputs reach decides which
/// of them are changed further, and nothing is taken over from other rounds. So any index can be replayed alone.
/// </summary>
internal sealed class Round(ITarget target, int seed, long number)
{
    /// <summary>Inputs of a round.</summary>
    public const int Length = 1_000;

    /// <summary>Inputs that are kept beside the corpus because they did something new.</summary>
    private const int KeptMax = 400;

    private readonly HashSet<ulong> _signals = [];

    public ITarget Target => target;

    /// <summary>Inputs that were run.</summary>
    public int Ended { get; private set; }

    /// <summary>Bytes of those inputs.</summary>
    public long Bytes { get; private set; }

    /// <summary>What happened, each once.</summary>
    public IReadOnlyCollection<ulong> Signals => _signals;

    /// <summary>Runs it to its end or to the first input that fails.</summary>
    /// <param name="mayRun">Told of each input before it is run; false ends the round.</param>
    /// <param name="length">Inputs to run, where these are not all.</param>
    /// <returns>What failed; null where nothing did.</returns>
    public Finding? Run(Func<long, byte[], bool> mayRun, int length = Length)
    {
        var chance = new Chance(Chance.SeedOf(seed, target.Name, number));
        var kept = new List<byte[]>(target.Corpus);
        var corpus = kept.Count;
        using var subject = target.Open();
        for (; Ended < length; Ended++)
        {
            var input = Ended < corpus ? kept[Ended] : target.Make(chance, kept);
            if (!mayRun(Index, input))
                break;
            Bytes += input.Length;
            if (Attempt.At(subject, input, out var signal) is { } failure)
                return ToFinding(failure, input);
            if (_signals.Add(signal) && Ended >= corpus && kept.Count < corpus + KeptMax)
                kept.Add(input);
        }
        return null;
    }

    private long Index => (number * Length) + Ended;

    private Finding ToFinding(PropertyException failure, byte[] input)
    {
        var isAlone = Attempt.Alone(target, input)?.Property == failure.Property;
        if (isAlone)
            input = Minimizer.Shrink(input, smaller => Attempt.Alone(target, smaller)?.Property == failure.Property);
        return new Finding(target.Name, failure.Property, failure.Message, seed, Index, input, isAlone);
    }
}
