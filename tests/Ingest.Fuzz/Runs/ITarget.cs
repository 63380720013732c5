namespace Ingest.Fuzz;

/// <summary>Something that reads what comes from the network, with inputs for it and properties that must hold.</summary>
internal interface ITarget
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>Its share of all inputs, relative to the other targets.</summary>
    int Weight { get; }

    /// <summary>Inputs written by hand; the first of every round.</summary>
    IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>Makes another input.</summary>
    /// <param name="chance">The only source of choices.</param>
    /// <param name="kept">The corpus, and inputs of this round that did something new; not empty.</param>
    byte[] Make(Chance chance, IReadOnlyList<byte[]> kept);

    /// <summary>What one round runs against. Used by one thread.</summary>
    ISubject Open();
}

/// <summary>What the inputs of one round are given to, one after the other.</summary>
internal interface ISubject : IDisposable
{
    /// <summary>Gives it an input.</summary>
    /// <returns>A number that stands for what happened; another one for something else.</returns>
    /// <exception cref="PropertyException">A property does not hold.</exception>
    ulong Try(byte[] input);
}

/// <summary>A property does not hold.</summary>
internal sealed class PropertyException(string property, string what) : Exception($"{property}: {what}")
{
    /// <summary>The property, in a few words.</summary>
    public string Property { get; } = property;

    /// <summary>Throws unless it holds.</summary>
    public static void Require(bool holds, string property, string what)
    {
        if (!holds)
            throw new PropertyException(property, what);
    }
}
